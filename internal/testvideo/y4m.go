package testvideo

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// ReadY4M reads the first frames (at most limit) of an 8-bit 4:2:0 or 4:4:4
// YUV4MPEG2 file.
func ReadY4M(path string, limit int) ([]Frame, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := bufio.NewReaderSize(file, 1<<20)

	header, err := r.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("testvideo: %s: header: %w", path, err)
	}
	width, height, chroma := 0, 0, "420"
	for _, field := range strings.Fields(header)[1:] {
		switch value := field[1:]; field[0] {
		case 'W':
			_, err = fmt.Sscan(value, &width)
		case 'H':
			_, err = fmt.Sscan(value, &height)
		case 'C':
			chroma = value
		}
		if err != nil {
			return nil, fmt.Errorf("testvideo: %s: header field %q: %w", path, field, err)
		}
	}
	subsampled := strings.HasPrefix(chroma, "420")
	if width < 1 || height < 1 || (!subsampled && chroma != "444") {
		return nil, fmt.Errorf("testvideo: %s: %q is not 8-bit 4:2:0 or 4:4:4", path, strings.TrimSpace(header))
	}

	var frames []Frame
	for len(frames) < limit {
		if _, err := r.ReadString('\n'); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("testvideo: %s: frame %d: %w", path, len(frames), err)
		}
		f := NewFrame(width, height, subsampled)
		for _, plane := range [3][]uint8{f.Y, f.Cb, f.Cr} {
			if _, err := io.ReadFull(r, plane); err != nil {
				return nil, fmt.Errorf("testvideo: %s: frame %d: %w", path, len(frames), err)
			}
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// FullChroma gives a 4:2:0 frame as 4:4:4, each chroma sample repeated.
func (f *Frame) FullChroma() Frame {
	full := NewFrame(f.Width, f.Height, false)
	copy(full.Y, f.Y)
	for y := 0; y < f.Height; y++ {
		for x := 0; x < f.Width; x++ {
			full.Cb[y*full.CStride+x] = f.Cb[y/2*f.CStride+x/2]
			full.Cr[y*full.CStride+x] = f.Cr[y/2*f.CStride+x/2]
		}
	}
	return full
}

// Package video brings real clips into memory as packed pixels and measures
// what became of them, both through ffmpeg.
package video

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/g264/g264"
)

// Clip is video in memory. Every frame has the same number of bytes, the rows
// from the top without gaps.
type Clip struct {
	Name          string
	PixFmt        string // ffmpeg's name: bgr24, rgba
	Width, Height int
	Rate          g264.Rational // frames per second
	Frames        [][]uint8
}

// bytesPerPixel of the packed formats that a Clip can have.
var bytesPerPixel = map[string]int{"bgr24": 3, "rgba": 4}

// Folder is where scripts/clips.sh puts the clips.
func Folder() string {
	folder := os.Getenv("G264_CLIPS")
	if folder == "" {
		home, _ := os.UserHomeDir()
		folder = filepath.Join(home, ".cache", "g264-clips")
	}
	return filepath.Join(folder, "dev")
}

// Path is the file of a clip by its name, such as vtest.
func Path(name string) (string, error) {
	path := filepath.Join(Folder(), name+".y4m")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w; scripts/clips.sh makes the clips", err)
	}
	return path, nil
}

// accurate has ffmpeg interpolate chroma on the way to RGB. By default it repeats
// each sample of 4:2:0 four times: clips so made favour encoders that take the mean
// of four, and are not what pictures look like.
const accurate = "scale=flags=accurate_rnd+full_chroma_int+bicubic"

// Load reads the first frames of a y4m file, at most limit of them (0: all), in
// a packed format, after a filter in ffmpeg's language ("" for none).
func Load(path, pixFmt, filter string, limit int) (Clip, error) {
	c := Clip{Name: strings.TrimSuffix(filepath.Base(path), ".y4m"), PixFmt: pixFmt}
	if err := c.readHeader(path); err != nil {
		return c, err
	}
	if bytesPerPixel[pixFmt] == 0 {
		return c, fmt.Errorf("video: pixel format %q; want bgr24 or rgba", pixFmt)
	}
	if filter != "" {
		filter += ","
	}
	args := []string{"-nostdin", "-v", "error", "-i", path, "-vf", filter + accurate}
	if limit > 0 {
		args = append(args, "-frames:v", fmt.Sprint(limit))
	}
	// A PPM tells the size that the filter makes.
	ppm, err := output("ffmpeg", append(args, "-frames:v", "1", "-c:v", "ppm", "-f", "image2pipe", "-")...)
	if err != nil {
		return c, err
	}
	if _, err := fmt.Sscanf(string(ppm[:min(len(ppm), 64)]), "P6\n%d %d\n", &c.Width, &c.Height); err != nil {
		return c, fmt.Errorf("video: %s: its size: %w", path, err)
	}
	raw, err := output("ffmpeg", append(args, "-f", "rawvideo", "-pix_fmt", pixFmt, "-")...)
	if err != nil {
		return c, err
	}
	c.split(raw)
	return c, nil
}

func (c *Clip) readHeader(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	line, err := bufio.NewReader(file).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "YUV4MPEG2 ") {
		return fmt.Errorf("video: %s is not a y4m file", path)
	}
	for _, field := range strings.Fields(line) {
		if field[0] == 'F' {
			if _, err := fmt.Sscanf(field, "F%d:%d", &c.Rate.Num, &c.Rate.Den); err != nil {
				return fmt.Errorf("video: %s: frame rate %q: %w", path, field, err)
			}
		}
	}
	return nil
}

func (c *Clip) split(raw []uint8) {
	size := c.Stride() * c.Height
	for ; len(raw) >= size; raw = raw[size:] {
		c.Frames = append(c.Frames, raw[:size:size])
	}
}

// Stride is the bytes of a row.
func (c *Clip) Stride() int { return bytesPerPixel[c.PixFmt] * c.Width }

// WriteRaw writes all frames to a file, one after the other.
func (c *Clip) WriteRaw(path string) error {
	return os.WriteFile(path, bytes.Join(c.Frames, nil), 0o666)
}

// ReadRaw reads what WriteRaw wrote of a clip of the same size and format.
func (c *Clip) ReadRaw(path string) error {
	raw, err := os.ReadFile(path)
	c.split(raw)
	return err
}

// Quality is peak signal-to-noise ratios in dB over all frames; +Inf where the
// frames are equal.
type Quality struct {
	RGB  float64 // over the red, green and blue samples
	Luma float64 // over BT.709's luma of the pixels
}

// Quality has ffmpeg decode a video and compares what it shows with the clip.
func (c *Clip) Quality(video []byte) (q Quality, err error) {
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return q, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "video") // a file: ffmpeg can't seek in a pipe
	if err := os.WriteFile(path, video, 0o666); err != nil {
		return q, err
	}
	decoded, err := output("ffmpeg", "-nostdin", "-v", "error", "-i", path,
		"-vf", accurate, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", c.PixFmt, "-")
	if err != nil {
		return q, err
	}
	size := c.Stride() * c.Height
	if len(decoded) != size*len(c.Frames) {
		return q, fmt.Errorf("video: %d bytes decoded; want %d frames of %d", len(decoded), len(c.Frames), size)
	}
	var rgb, luma float64
	step := bytesPerPixel[c.PixFmt]
	weights := [3]int{54, 183, 18} // of red, green and blue, in 1/255
	if c.PixFmt == "bgr24" {
		weights = [3]int{18, 183, 54}
	}
	for i, frame := range c.Frames {
		shown, squares, lumas := decoded[i*size:], 0, 0
		for j := 0; j < size; j += step {
			y := 0
			for k, weight := range weights {
				d := int(frame[j+k]) - int(shown[j+k])
				squares += d * d
				y += weight * d
			}
			lumas += y * y
		}
		rgb, luma = rgb+float64(squares), luma+float64(lumas)/(255*255)
	}
	pixels := float64(len(c.Frames) * c.Width * c.Height)
	return Quality{decibels(rgb / (3 * pixels)), decibels(luma / pixels)}, nil
}

// decibels of a mean squared error of 8-bit samples.
func decibels(mse float64) float64 { return 10 * math.Log10(255*255/mse) }

// output runs a program and returns what it writes.
func output(name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}

package testvideo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The golden hashes of the encoder rest on these pictures, so they may not
// change: the value was printed by this test when the pictures were drawn first.
func TestRenderIsFixed(t *testing.T) {
	sum := sha256.New()
	for _, c := range Contents {
		for _, subsampled := range []bool{true, false} {
			for _, index := range []int{0, 1, CutLength, 40} {
				f := Render(c, 61, 35, index, subsampled)
				for _, plane := range [3][]uint8{f.Y, f.Cb, f.Cr} {
					sum.Write(plane)
				}
			}
		}
	}
	const want = "a4f2b75c4c869b20e9d23d041527fab88a0735b88963a621ba9f4f89663f2a23"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("pictures have hash %s, want %s", got, want)
	}
}

func TestRenderSizes(t *testing.T) {
	for _, c := range Contents {
		for _, size := range [][2]int{{1, 1}, {2, 2}, {15, 17}, {500, 258}} {
			for _, subsampled := range []bool{true, false} {
				f := Render(c, size[0], size[1], 3, subsampled)
				cw, ch := f.ChromaSize()
				if len(f.Y) != size[0]*size[1] || len(f.Cb) != cw*ch || len(f.Cr) != cw*ch {
					t.Errorf("%v %v subsampled=%v: planes of %d, %d, %d samples", c, size, subsampled, len(f.Y), len(f.Cb), len(f.Cr))
				}
			}
		}
	}
}

func TestContentsDiffer(t *testing.T) {
	seen := map[string]string{}
	for _, c := range Contents {
		for _, index := range []int{0, CutLength} {
			f := Render(c, 64, 48, index, true)
			name := fmt.Sprintf("%v frame %d", c, index)
			if other, ok := seen[string(f.Y)]; ok {
				t.Errorf("%s equals %s", name, other)
			}
			seen[string(f.Y)] = name
		}
	}
}

func TestReadY4M(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clip.y4m")
	data := "YUV4MPEG2 W3 H1 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\nFRAME\nabcdefgFRAME Ip\nhijklmn"
	if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
	frames, err := ReadY4M(path, 5)
	if err != nil || len(frames) != 2 {
		t.Fatalf("%d frames, error %v; want 2 frames", len(frames), err)
	}
	if f := frames[1]; string(f.Y) != "hij" || string(f.Cb) != "kl" || string(f.Cr) != "mn" {
		t.Errorf("second frame is %q %q %q", f.Y, f.Cb, f.Cr)
	}
	if full := frames[0].FullChroma(); string(full.Cb) != "dde" || string(full.Cr) != "ffg" {
		t.Errorf("chroma repeated to %q %q", full.Cb, full.Cr)
	}
	for _, bad := range []string{"", "YUV4MPEG2 W3\n", "YUV4MPEG2 W2 H2 C422\n", "YUV4MPEG2 Wx H2\n", data[:len(data)-1]} {
		if err := os.WriteFile(path, []byte(bad), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadY4M(path, 5); err == nil {
			t.Errorf("%q was read without error", bad)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	for _, c := range Contents {
		b.Run(c.String(), func(b *testing.B) {
			b.SetBytes(1920 * 1080 * 3 / 2)
			for i := 0; i < b.N; i++ {
				Render(c, 1920, 1080, i, true)
			}
		})
	}
}

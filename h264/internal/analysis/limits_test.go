package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/testenv"
)

// noise is a picture of random luma between low and high, its chroma as low and
// high are.
func noise(rng *rand.Rand, mbW, mbH int, chroma444 bool, low, high int) *picture.Source {
	s := picture.NewSources(1, mbW, mbH, chroma444)[0]
	for p := range s.Planes {
		for i := range s.Planes[p].Pix {
			s.Planes[p].Pix[i] = uint8(low + rng.IntN(high-low+1))
		}
	}
	return s
}

// moved makes a picture whose blocks of size x size samples each show the
// reference at a place that by gives.
func moved(ref *picture.Source, size int, by func(x, y int) (dx, dy int)) *picture.Source {
	from := &ref.Planes[0]
	s := picture.NewSources(1, from.W/16, from.H/16, ref.Planes[1].W == from.W)[0]
	for p := range s.Planes {
		copy(s.Planes[p].Pix, ref.Planes[p].Pix)
	}
	for y := range from.H {
		for x := range from.W {
			dx, dy := by(x/size, y/size)
			s.Planes[0].At(x, y)[0] = from.At(min(max(x+dx, 0), from.W-1), min(max(y+dy, 0), from.H-1))[0]
		}
	}
	return s
}

// second codes two pictures, the second with limits of its own and seeds for
// the search, and returns that.
func second(preset string, first, next *picture.Source, seeds []macroblock.MV, limit func(f *analysis.Frame)) *coded {
	p := &first.Planes[0]
	c := newCoder(preset, p.W/16, p.H/16, first.Planes[1].W == p.W, 20)
	c.code(first, c.serial)
	c.frame.Seeds = seeds
	limit(c.frame)
	out := c.code(next, c.serial)
	return &out
}

// longest returns the greatest magnitudes of the picture's vectors.
func (c *coded) longest() (x, y int) {
	for i := range c.rec.MBs {
		_, mvs := vectors(&c.rec.MBs[i])
		for _, mv := range mvs {
			x, y = max(x, int(mv.X), -int(mv.X)), max(y, int(mv.Y), -int(mv.Y))
		}
	}
	return x, y
}

// checkReach complains of blocks whose prediction needs samples where the
// half-sample planes aren't valid.
func checkReach(t *testing.T, name string, c *coded) {
	t.Helper()
	w, h := c.frame.MBW*16, c.frame.MBH*16
	for i := range c.rec.MBs {
		parts, mvs := vectors(&c.rec.MBs[i])
		for k, p := range parts {
			x, y := i%c.frame.MBW*16+int(p.X)*4+int(mvs[k].X>>2), i/c.frame.MBW*16+int(p.Y)*4+int(mvs[k].Y>>2)
			const reach = picture.Reach
			if x < -reach || y < -reach || x+int(p.W)*4+1 > w+reach || y+int(p.H)*4+1 > h+reach {
				t.Errorf("%s: macroblock %d: %v of partition %+v leaves the reference's border", name, i, mvs[k], p)
			}
		}
	}
}

// Vectors stay within the level's vertical range, however far the content moves
// and whatever the lookahead proposes.
func TestVerticalVectorRange(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW, mbH = 3, 10
	rng := rand.New(rand.NewPCG(1, 1))
	first := noise(rng, mbW, mbH, false, 0, 255)
	for _, preset := range analysis.Presets {
		for _, shift := range []int{-60, -9, 12, 44} {
			next := moved(first, 16, func(x, y int) (int, int) { return 3 * (x%2*2 - 1), shift })
			seeds := make([]macroblock.MV, mbW*mbH)
			for i := range seeds {
				seeds[i] = macroblock.MV{X: int16(12 * (i%mbW%2*2 - 1)), Y: int16(4 * shift)}
			}
			name := fmt.Sprintf("%s, moved by %d", preset.Name, shift)
			// Without the limit the vectors are found: the test could fail.
			free := second(preset.Name, first, next, seeds, func(f *analysis.Frame) { f.MaxMVY = 2048 })
			if _, y := free.longest(); y < 4*max(shift, -shift)-4 {
				t.Errorf("%s: longest vector %d, the content's isn't found", name, y)
			}
			checkReach(t, name, free)
			for _, most := range []int{16, 40, 4 * max(shift, -shift), 256} {
				c := second(preset.Name, first, next, seeds, func(f *analysis.Frame) { f.MaxMVY = most })
				down := second(preset.Name, first, next, seeds, func(f *analysis.Frame) { f.MaxMVDown = most })
				for i := range c.rec.MBs {
					for _, mv := range c.rec.MBs[i].MV {
						if int(mv.Y) < -most || int(mv.Y) >= most {
							t.Fatalf("%s: vector %v of macroblock %d in the range of %d", name, mv, i, most)
						}
					}
					for _, mv := range down.rec.MBs[i].MV {
						if int(mv.Y) >= most {
							t.Fatalf("%s: vector %v of macroblock %d, though it may point down by %d only", name, mv, i, most)
						}
					}
				}
			}
		}
	}
}

// Vectors stay within clause A.3.1's 2048 samples in pictures that are wider,
// and within the references' borders for any seeds.
func TestHorizontalVectorRange(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW = 140
	rng := rand.New(rand.NewPCG(2, 2))
	first := noise(rng, mbW, 1, false, 0, 255)
	for _, test := range []struct{ shift, longest int }{{2000, 8000}, {2100, 0}, {-2040, 8160}, {-2060, 0}} {
		next := moved(first, 16, func(x, y int) (int, int) { return test.shift, 0 })
		seeds := make([]macroblock.MV, mbW)
		for i := range seeds {
			seeds[i] = macroblock.MV{X: int16(4 * test.shift)}
		}
		name := fmt.Sprintf("moved by %d", test.shift)
		c := second("medium", first, next, seeds, func(*analysis.Frame) {})
		checkReach(t, name, c)
		x, _ := c.longest()
		if x > 8191 {
			t.Errorf("%s: vector of %d quarter samples", name, x)
		}
		if x < test.longest {
			t.Errorf("%s: longest vector %d, the content's isn't found", name, x)
		}
	}
	for range 3 {
		seeds := make([]macroblock.MV, mbW)
		for i := range seeds {
			seeds[i] = macroblock.MV{X: int16(rng.IntN(1 << 16)), Y: int16(rng.IntN(1 << 16))}
		}
		next := moved(first, 4, func(x, y int) (int, int) { return rng.IntN(61) - 30, rng.IntN(61) - 30 })
		checkReach(t, "wild seeds", second("medium", first, next, seeds, func(*analysis.Frame) {}))
	}
}

// torn is content whose 4x4 blocks each come from elsewhere, up to far samples
// away.
func torn(rng *rand.Rand, first *picture.Source, far int) *picture.Source {
	w := first.Planes[0].W / 4
	offsets := make([][2]int, w*first.Planes[0].H/4)
	for i := range offsets {
		offsets[i] = [2]int{rng.IntN(2*far+1) - far, rng.IntN(2*far+1) - far}
	}
	return moved(first, 4, func(x, y int) (int, int) { return offsets[y*w+x][0], offsets[y*w+x][1] })
}

// blurred is noise that a search can follow.
func blurred(rng *rand.Rand, mbW, mbH int) *picture.Source {
	s := noise(rng, mbW, mbH, false, 0, 255)
	p := &s.Planes[0]
	for range 2 {
		for i := range p.Pix {
			sum := 0
			for _, o := range []int{0, 1, p.Stride, p.Stride + 1} {
				sum += int(p.Pix[(i+o)%len(p.Pix)])
			}
			p.Pix[i] = uint8(sum / 4)
		}
	}
	for i := range p.Pix {
		p.Pix[i] = uint8(min(max(3*int(p.Pix[i])-256, 0), 255))
	}
	return s
}

// MaxMVs bounds the vectors of a macroblock, so that two have at most the
// level's MaxMvsPer2Mb, on content that moves in every 4x4 block.
func TestVectorsPerMacroblock(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW, mbH = 6, 6
	rng := rand.New(rand.NewPCG(3, 3))
	first := blurred(rng, mbW, mbH)
	next := torn(rng, first, 3)
	for _, preset := range analysis.Presets {
		most := map[int]int{}
		for _, limit := range []int{8, 16} {
			c := second(preset.Name, first, next, nil, func(f *analysis.Frame) { f.MaxMVs = limit })
			for i := range c.rec.MBs {
				_, mvs := vectors(&c.rec.MBs[i])
				most[limit] = max(most[limit], len(mvs))
			}
			if most[limit] > limit {
				t.Errorf("%s: %d vectors in a macroblock, limit %d", preset.Name, most[limit], limit)
			}
		}
		if preset.SubAbove > 0 && most[16] <= 8 {
			t.Errorf("%s: at most %d vectors on content with 16: the limit isn't tried", preset.Name, most[16])
		}
	}
}

// subRect is the area of clause A.3.3 that the partitions of a sub-macroblock
// read, 0 if it isn't divided.
func subRect(mb *macroblock.MB, q int) int {
	if mb.Type != macroblock.P8x8 || mb.Sub[q] == macroblock.Sub8x8 {
		return 0
	}
	first := true
	var left, right, top, bottom int
	for y := range 8 {
		for x := range 8 {
			mv := mb.MV[(q/2*2+y/4)*4+q%2*2+x/4]
			xInt, yInt := x+int(mv.X>>2), y+int(mv.Y>>2)
			if first {
				left, right, top, bottom, first = xInt, xInt, yInt, yInt, false
			}
			left, right, top, bottom = min(left, xInt), max(right, xInt), min(top, yInt), max(bottom, yInt)
		}
	}
	return (right - left + 6) * (bottom - top + 6)
}

// MaxSub bounds the area that a divided sub-macroblock reads (MaxSubMbRectSize),
// on content that tears it apart.
func TestSubMacroblockRectangle(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW, mbH = 6, 6
	rng := rand.New(rand.NewPCG(4, 4))
	first := blurred(rng, mbW, mbH)
	next := torn(rng, first, 12)
	for _, preset := range analysis.Presets {
		if preset.SubAbove == 0 {
			continue
		}
		largest := map[int]int{}
		const none = 1 << 30
		for _, limit := range []int{none, 576, 240} {
			c := second(preset.Name, first, next, nil, func(f *analysis.Frame) { f.MaxSub = limit })
			for i := range c.rec.MBs {
				for q := range 4 {
					largest[limit] = max(largest[limit], subRect(&c.rec.MBs[i], q))
				}
			}
			if largest[limit] > limit {
				t.Errorf("%s: a sub-macroblock reads %d samples, limit %d", preset.Name, largest[limit], limit)
			}
		}
		if largest[none] <= 240 || largest[240] == 0 {
			t.Errorf("%s: areas up to %v: the limits aren't tried", preset.Name, largest)
		}
	}
}

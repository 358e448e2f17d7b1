package lookahead_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
)

// lit is the texture at a window, with samples at n/of, and some levels brighter.
func lit(t *texture, dx, dy, n, of, brighter int) *lookahead.Picture {
	return source(func(x, y int) uint8 { return uint8(int(t.at(x+dx+100, y+dy+100))*n/of + brighter) })
}

// A fade's weights are those that it was made with; the survey follows it, still
// and in motion. Without a fade there are no weights.
func TestFadeIsFound(t *testing.T) {
	texture := newTexture(21)
	for _, c := range []struct {
		name          string
		dx, n, of, up int
		fades         bool
		log2          uint8
		scale, offset int
	}{
		{"still", 0, 1, 1, 0, false, 0, 1, 0},
		{"in motion", 5, 1, 1, 0, false, 0, 1, 0},
		{"darker", 0, 7, 8, 0, true, 6, 56, 0},
		{"darker in motion", 5, 7, 8, 0, true, 6, 56, 0},
		{"much darker", 0, 1, 8, 0, true, 6, 8, 0},
		{"brighter", 0, 1, 1, 10, true, 6, 64, 10},
		{"less contrast", 0, 1, 2, 100, true, 6, 32, 100},
	} {
		previous, p := lit(texture, 0, 0, 1, 1, 0), lit(texture, c.dx, 0, c.n, c.of, c.up)
		analyse(previous, nil)
		analyse(p, previous)
		if p.Fades != [3]bool{c.fades} {
			t.Errorf("%s: fades %v", c.name, p.Fades)
		}
		if p.InterCost > p.IntraCost/2 {
			t.Errorf("%s: inter cost %d, intra cost %d", c.name, p.InterCost, p.IntraCost)
		}
		var table syntax.WeightTable
		changes := p.Weigh(&table, []lookahead.Light{previous.Light, p.Light})
		got := table.Refs[0][0]
		if changes != c.fades || table.Log2Denom[0] != c.log2 || abs(int(got.Scale)-c.scale) > 2 || abs(int(got.Offset)-c.offset) > 3 {
			t.Errorf("%s: weights %v, %+v, want %d of 2^%d and %d", c.name, changes, table, c.scale, c.log2, c.offset)
		}
		for k, w := range table.Refs[1] {
			if w != table.Identity(k) {
				t.Errorf("%s: plane %d has weight %v of a reference in the same light", c.name, k, w)
			}
		}
	}
}

// Weights that need a coarser denominator get one, for all references.
func TestWeightsFitTheirCode(t *testing.T) {
	texture := newTexture(22)
	dark, dim := lit(texture, 0, 0, 1, 8, 0), lit(texture, 0, 0, 1, 3, 0)
	analyse(dark, nil)
	bright := lit(texture, 0, 0, 1, 1, 0)
	analyse(bright, dark)
	var table syntax.WeightTable
	if !bright.Weigh(&table, []lookahead.Light{dark.Light, dim.Light}) {
		t.Fatal("no weights")
	}
	if table.Log2Denom[0] != 4 || table.Refs[0][0].Scale != 64 || abs(int(table.Refs[1][0].Scale)-48) > 2 {
		t.Errorf("weights %+v of pictures at an eighth and a third of the light", table)
	}
}

func abs(v int) int { return max(v, -v) }

// Sums of the differences of large pictures are beyond 32 bits.
func TestFadeOfLargePicture(t *testing.T) {
	const mbW, mbH = 120, 68
	pictures, halves := lookahead.NewPictures(2, mbW, mbH, true), picture.NewHalves(2, mbW, mbH)
	for i, p := range pictures {
		p.Half = halves[i]
		for k := range p.Planes {
			plane := &p.Planes[k]
			for n := range plane.Pix {
				plane.Pix[n] = uint8(40 + 80*i + n%7)
			}
		}
		p.MakeHalf(0, mbH)
		p.MeasureLight()
	}
	pictures[1].FindFade(pictures[0])
	if fades := pictures[1].Fades; fades != [3]bool{true, true, true} {
		t.Errorf("fades %v", fades)
	}
}

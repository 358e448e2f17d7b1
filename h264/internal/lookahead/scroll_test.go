package lookahead_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/macroblock"
)

// The distance that most rows have moved by is found, whatever stands still or is
// blank; no distance where rows are new, repeat each other, or don't move.
func TestScroll(t *testing.T) {
	texture := newTexture(4)
	page := func(dy int) func(x, y int) uint8 {
		return func(x, y int) uint8 { return texture.at(x, y+dy+100) }
	}
	framed := func(dy int) func(x, y int) uint8 {
		return func(x, y int) uint8 {
			if y < 20 || x >= 128 {
				return texture.at(x+200, y+200)
			}
			if (y+dy)%9 < 3 { // between lines
				return 255
			}
			return texture.at(x, y+dy)
		}
	}
	stripes := func(dy int) func(x, y int) uint8 {
		return func(x, y int) uint8 { return uint8(40*((y+dy)%4) + x%7) }
	}
	for _, c := range []struct {
		name       string
		first, now func(x, y int) uint8
		want       int
	}{
		{"still", page(0), page(0), 0},
		{"down a page", page(0), page(50), 50},
		{"up a page", page(50), page(9), -41},
		{"by a row", page(3), page(4), 1},
		{"another page", page(0), newTexture(5).at, 0},
		{"within a frame", framed(0), framed(27), 27},
		{"rows that repeat", stripes(0), stripes(1), 0},
		{"nothing", func(x, y int) uint8 { return uint8(y) }, func(x, y int) uint8 { return uint8(y + 1) }, 0},
	} {
		var s lookahead.Scroll
		for i, at := range []func(x, y int) uint8{c.first, c.now} {
			p := source(at)
			p.Scroll = macroblock.MV{X: 1, Y: 1} // of its last use
			s.Find(p)
			if want := (macroblock.MV{Y: int16(4 * c.want * i)}); p.Scroll != want {
				t.Errorf("%s: picture %d has scrolled by %v, want %v", c.name, i, p.Scroll, want)
			}
		}
	}
}

package lookahead_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
)

// The favourite is the picture that is clearly most alike, otherwise the latest;
// where the latest predicts well nothing is compared.
func TestFavourite(t *testing.T) {
	var pictures [6]*lookahead.Picture
	var sketches [6]lookahead.Sketch
	scenes := [2]*texture{newTexture(1), newTexture(2)}
	for i := range pictures {
		pictures[i] = shifted(scenes[i%2], i/2, 0)
		sketches[i].Draw(pictures[i])
		if n := int64(len(sketches[i])); n > lookahead.SketchBytes(blocks) {
			t.Errorf("a sketch of %d bytes", n)
		}
	}
	p := pictures[5]
	for _, c := range []struct {
		name  string
		inter int64
		refs  []lookahead.Sketch
		want  int
	}{
		{"none", 90, nil, 0},
		{"one", 90, sketches[4:5], 0},
		{"the other scene between", 90, []lookahead.Sketch{sketches[4], sketches[3], sketches[2], sketches[1]}, 1},
		{"both of the other scene before", 90, []lookahead.Sketch{sketches[4], sketches[2], sketches[1]}, 2},
		{"the latest goes on", 90, []lookahead.Sketch{sketches[3], sketches[1], sketches[4]}, 0},
		{"no better one", 90, []lookahead.Sketch{sketches[4], sketches[4]}, 0},
		{"predicted well", 20, []lookahead.Sketch{sketches[4], sketches[3]}, 0},
	} {
		p.IntraCost, p.InterCost = 100, c.inter
		if got := p.Favourite(sketches[5], c.refs); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

package lookahead_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
)

// weigh makes all blocks count alike.
func weigh(p *lookahead.Picture) {
	for i := range p.Weights {
		p.Weights[i] = 256
	}
}

// follow analyses pictures one after the other.
func follow(pictures ...*lookahead.Picture) {
	var previous *lookahead.Picture
	for _, p := range pictures {
		analyse(p, previous)
		weigh(p)
		previous = p
	}
}

// ratio is what is inherited of the inner blocks to their own information, in
// hundredths.
func ratio(p *lookahead.Picture) int {
	var all, owned uint64
	for y := 2; y < mbH-2; y++ {
		for x := 2; x < mbW-2; x++ {
			own, inherited := p.Worth(y*mbW + x)
			all += inherited
			owned += own
		}
	}
	return int(100 * all / owned)
}

// A still picture passes all on: the first of n is worth n times its own.
func TestStillPicturesInheritAll(t *testing.T) {
	texture := newTexture(7)
	var window []*lookahead.Picture
	for range 6 {
		window = append(window, shifted(texture, 0, 0))
	}
	follow(window...)
	lookahead.Inherit(window, 16)
	for i, p := range window {
		if got, want := ratio(p), 100*(len(window)-1-i); got != want {
			t.Errorf("picture %d: inherited %d %% of its own information, want %d", i, got, want)
		}
	}
}

// What moves is followed: nearly as much is inherited as by a still picture, and
// by the blocks where it came from.
func TestInheritanceFollowsMotion(t *testing.T) {
	texture := newTexture(8)
	var window []*lookahead.Picture
	for i := range 4 {
		window = append(window, shifted(texture, 6*i, -4*i))
	}
	follow(window...)
	lookahead.Inherit(window, 0)
	if got := ratio(window[0]); got < 200 || got > 330 {
		t.Errorf("inherited %d %% of its own information over three pictures that move", got)
	}
}

// Nothing is inherited over a scene cut or an intra picture, nor by the last
// picture of the window.
func TestNothingIsInheritedOverCuts(t *testing.T) {
	a, b := newTexture(9), newTexture(10)
	cut := []*lookahead.Picture{shifted(a, 0, 0), shifted(b, 0, 0), shifted(b, 0, 0)}
	follow(cut...)
	lookahead.Inherit(cut, 0)
	if got := ratio(cut[0]); got > 50 {
		t.Errorf("inherited %d %% over a cut", got)
	}
	if got := ratio(cut[1]); got < 90 {
		t.Errorf("inherited %d %% behind the cut", got)
	}
	if got := ratio(cut[2]); got != 0 {
		t.Errorf("inherited %d %% of the last picture", got)
	}
	still := []*lookahead.Picture{shifted(a, 0, 0), shifted(a, 0, 0)}
	follow(still...)
	still[1].Intra = true
	lookahead.Inherit(still, 0)
	if got := ratio(still[0]); got != 0 {
		t.Errorf("inherited %d %% by an intra picture", got)
	}
}

// Blocks at the borders, whose vectors point outside, and endless windows don't
// overflow.
func TestInheritanceIsBounded(t *testing.T) {
	texture := newTexture(11)
	p, q := shifted(texture, 0, 0), shifted(texture, 20, 20)
	follow(p, q)
	for i := range q.Weights {
		p.Weights[i], q.Weights[i] = 1<<16-1, 1<<16-1
	}
	var window []*lookahead.Picture
	for range 200 {
		r := shifted(texture, 0, 0)
		window = append(window, r)
	}
	follow(window...)
	for _, r := range window {
		copy(r.Weights, p.Weights)
	}
	lookahead.Inherit(append([]*lookahead.Picture{p, q}, window...), 1<<20)
	for i := range p.Weights {
		if own, inherited := p.Worth(i); own == 0 || inherited > 1<<31 {
			t.Fatalf("block %d: %d of its own, %d inherited", i, own, inherited)
		}
	}
}

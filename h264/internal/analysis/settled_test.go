package analysis_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/testvideo"
)

// What is settled becomes P_Skip again without a look at its samples, whether the memory
// holds those or not, until the source's version or the reference is another, or the QP is
// less.
func TestSettled(t *testing.T) {
	const mbW, mbH, qp = 6, 4, 34
	for _, preset := range []string{"ultrafast", "veryfast", "medium"} {
		for _, chroma44 := range []bool{false, true} {
			for _, held := range []bool{false, true} {
				c := newCoder(preset, mbW, mbH, chroma44, qp)
				c.most = 1
				c.frame.CABAC = preset != "ultrafast"
				src := clip(testvideo.Flat, mbW, mbH, 1, chroma44)[0]
				for i := range src.Versions {
					src.Versions[i] = 1
				}
				var last, before coded
				for range 8 {
					before, last = last, c.code(src, c.serial)
				}
				for i, version := range last.rec.Settled {
					if version != 1 || last.rec.SettledQP[i] != qp {
						t.Fatalf("%s: macroblock %d is settled with version %d at QP %d", preset, i, version, last.rec.SettledQP[i])
					}
				}
				// skips codes other samples of the same versions.
				other := noise(rand.New(rand.NewPCG(1, 1)), mbW, mbH, chroma44, 0, 255)
				copy(other.Versions, src.Versions)
				skips := func(reference *picture.Reconstruction, qp int) (n int) {
					c.refs, c.memory = []*picture.Reconstruction{reference}, nil
					if held {
						c.memory = before.rec
					}
					c.frame.FineQP = qp * 256
					for _, mb := range c.code(other, c.serial).rec.MBs {
						if mb.Type == macroblock.PSkip && mb.MV == [16]macroblock.MV{} && mb.Ref == [4]int8{} {
							n++
						}
					}
					return n
				}
				check := func(what string, n, want int) {
					if n != want {
						t.Errorf("%s, 4:4:4 %v, held %v, %s: %d macroblocks are skipped, want %d", preset, chroma44, held, what, n, want)
					}
				}
				check("the same", skips(last.rec, qp), mbW*mbH)
				check("a coarser QP", skips(last.rec, qp+3), mbW*mbH)
				check("a finer QP", skips(last.rec, qp-1), 0)
				other.Versions[mbW+2] = 2
				check("a changed source", skips(last.rec, qp), mbW*mbH-1)
				other.Versions[mbW+2] = 1
				last.rec.Versions[2*mbW+3] = last.rec.Version
				check("a changed reference", skips(last.rec, qp), mbW*mbH-1)
			}
		}
	}
}

// Macroblocks that are passed where the memory holds them become what they become one by
// one elsewhere, and leave others what they are.
func TestPassingSettledChangesNothing(t *testing.T) {
	const mbW, mbH = 13, 6
	for _, preset := range []string{"ultrafast", "veryfast", "medium"} {
		var coders [2]*coder
		for i := range coders {
			coders[i] = newCoder(preset, mbW, mbH, false, 16)
			coders[i].most, coders[i].frame.CABAC = 1, preset != "ultrafast"
		}
		sources := clip(testvideo.Text, mbW, mbH, 40, false)
		for n, moving := range clip(testvideo.Moving, mbW, mbH, len(sources), false) {
			for y := range 16 * mbH { // aslant, so that what moves lies left of what doesn't, and above
				x := n + y // the window goes on
				copy(sources[n].Planes[0].At(x, y)[:60], moving.Planes[0].At(x%60, y))
			}
		}
		rng := rand.New(rand.NewPCG(2, 2))
		var memories [2]*picture.Reconstruction
		kept := 0
		for n, src := range sources {
			for i := range src.Versions {
				if rng.IntN(60) == 0 { // something blinks
					src.Planes[0].At(i%mbW*16, i/mbW*16)[0] ^= 255
				}
				src.Versions[i] = picture.Version(n + 1)
				if n > 0 && slices.Equal(sourceSamples(src, i), sourceSamples(sources[n-1], i)) {
					src.Versions[i] = sources[n-1].Versions[i]
				}
			}
			coders[1].memory = memories[n%2]
			for _, c := range coders {
				for i := range c.frame.Offsets { // now and then coarser
					c.frame.Offsets[i] = int16(n / 4 % 2 * 256)
				}
			}
			plain, passing := coders[0].code(src, coders[0].serial), coders[1].code(src, coders[1].serial)
			memories[n%2] = passing.rec
			for i, mb := range passing.rec.MBs {
				if mb != plain.rec.MBs[i] || passing.rec.Motion[i] != plain.rec.Motion[i] {
					t.Fatalf("%s: macroblock %d of picture %d is\n%+v, want\n%+v", preset, i, n, mb, plain.rec.MBs[i])
				}
				if passing.rec.Versions[i] != passing.rec.Version {
					kept++
				}
			}
			if !slices.Equal(passing.rec.Settled, plain.rec.Settled) || !slices.Equal(passing.rec.SettledQP, plain.rec.SettledQP) {
				t.Fatalf("%s: others are settled in picture %d", preset, n)
			}
			if !bytes.Equal(passing.walk(nil), plain.walk(nil)) {
				t.Fatalf("%s: picture %d has other levels", preset, n)
			}
			for y := range mbH * 16 {
				if !bytes.Equal(passing.rec.Luma.At(0, y)[:mbW*16], plain.rec.Luma.At(0, y)[:mbW*16]) {
					t.Fatalf("%s: row %d of picture %d has other samples", preset, y, n)
				}
			}
		}
		if kept < mbW*mbH*len(sources)/3 {
			t.Errorf("%s: %d macroblocks keep their version", preset, kept)
		}
	}
}

// sourceSamples are those of macroblock i in all planes.
func sourceSamples(s *picture.Source, i int) (samples []uint8) {
	mbW := s.Planes[0].W / 16
	for k := range s.Planes {
		p := &s.Planes[k]
		size := p.W / mbW
		for y := range size {
			samples = append(samples, p.At(i%mbW*size, i/mbW*size+y)[:size]...)
		}
	}
	return samples
}

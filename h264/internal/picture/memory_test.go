package picture_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/picture"
)

// Memory that is left comes to who asks for as much, as it was left, and shows nothing of
// that to who disowns it.
func TestLeftMemory(t *testing.T) {
	const mbW, mbH = 5, 3
	seen := func(s *picture.Source) (sum int) {
		for _, p := range s.Planes {
			for _, v := range p.Pix {
				sum += int(v)
			}
		}
		return sum
	}
	for try := 0; ; try++ {
		if try == 100 {
			t.Fatal("nobody gets what is left")
		}
		m := picture.NewMemory()
		s := picture.NewSources(m, 2, mbW, mbH, true)[1]
		for _, p := range s.Planes {
			for i := range p.Pix {
				p.Pix[i] = 7
			}
		}
		m.Leave()
		next := picture.NewMemory()
		if next != m {
			continue // as may be: with -race often
		}
		for _, other := range []*picture.Source{
			picture.NewSources(nil, 2, mbW, mbH, true)[1], picture.NewSources(next, 1, mbW, mbH, true)[0],
		} {
			if seen(other) != 0 {
				t.Error("memory that is fresh has samples")
			}
		}
		again := picture.NewSources(next, 2, mbW, mbH, true)[1]
		if &again.Planes[0].Pix[0] != &s.Planes[0].Pix[0] || seen(again) != 7*3*256*mbW*mbH {
			t.Error("memory of the size that was left is another's")
		}
		if second := picture.NewSources(next, 2, mbW, mbH, true)[1]; seen(second) != 0 {
			t.Error("memory is left to two")
		}
		if again.Disown(); seen(again) != 0 {
			t.Error("disowned memory shows what another has left")
		}
		again.Planes[0].Pix[0] = 1
		if again.Disown(); seen(again) != 1 {
			t.Error("disowned memory is cleared twice")
		}
		return
	}
}

package entropy

import (
	"bytes"
	"fmt"
	"math/rand"
	"reflect"
	"testing"

	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// coder is what both entropy coders do.
type coder interface {
	BeginSlice(w *bits.Writer, s Slice)
	Macroblock(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual)
	EndSlice()
}

func (p *testPicture) coder() coder {
	if p.cabac {
		return NewCABAC(p.chroma444)
	}
	return NewCAVLC(p.chroma444)
}

// write codes slice s of the picture behind what w holds.
func (p *testPicture) write(c coder, w *bits.Writer, s int) {
	c.BeginSlice(w, p.slice)
	for addr := p.firsts[s]; addr < p.end(s); addr++ {
		m := &p.mbs[addr]
		c.Macroblock(&m.mb, &m.n, &m.res)
	}
	c.EndSlice()
}

// checkPicture writes the picture and proves that a decoder reads it back.
func checkPicture(t *testing.T, p *testPicture) {
	t.Helper()
	c := p.coder()
	var w bits.Writer
	d := newCABACDecoder(decoder{
		width: p.width, height: len(p.mbs) / p.width, chroma444: p.chroma444, mbs: make([]decodedMB, len(p.mbs)),
	})
	read := d.decoder.slice
	if p.cabac {
		read = d.slice
	}
	for s, first := range p.firsts {
		w.Reset()
		const header = 0x2d // any bits that leave the slice data unaligned
		w.Bits(header, 6)
		p.write(c, &w, s)
		if !w.ByteAligned() {
			t.Fatal("the slice does not end with a whole byte")
		}
		d.reader = reader{data: w.Bytes()}
		if d.u(6) != header {
			t.Fatal("the slice header was touched")
		}
		if err := read(first, &p.slice); err != nil {
			t.Fatalf("slice from macroblock %d: %v", first, err)
		}
		if p.cabac { // cabac_zero_word may follow
			d.data = bytes.TrimRight(d.data, "\x00")
		}
		if d.cur != p.end(s) || d.pos != 8*len(d.data) {
			t.Fatalf("slice of macroblocks %d to %d ended before %d, at bit %d of %d",
				first, p.end(s), d.cur, d.pos, 8*len(d.data))
		}
	}
	for i := range p.mbs {
		want, got := &p.mbs[i], &d.mbs[i]
		if difference := sameMB(got.mb, want.mb); difference != "" {
			t.Fatalf("macroblock %d:\n%s", i, difference)
		}
		if want.want != got.res {
			t.Fatalf("residual of macroblock %d (%+v):\n got %v\nwant %v", i, got.mb, got.res, want.want)
		}
	}
}

func TestDecoderReadsBackSlices(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for kind := range 8 {
		chroma444, cabac, transform8x8 := kind&1 == 1, kind&2 == 2, kind&4 == 4
		for _, refs := range []int{0, 1, 2, 3, 32} { // 0: I slices
			t.Run(fmt.Sprintf("444=%t,CABAC=%t,8x8=%t,refs=%d", chroma444, cabac, transform8x8, refs), func(t *testing.T) {
				seen := map[macroblock.Type]int{}
				for round := range 12 {
					p := newPicture(rng, pictureOptions{
						cabac: cabac, transform8x8: transform8x8, initIDC: uint8(round % 3),
						width: 1 + rng.Intn(6), height: 2 + rng.Intn(5), chroma444: chroma444,
						pSlice: refs > 0, numRefIdx: max(refs, 1), maxLevel: macroblock.MaxLevel,
						maxMV: []int{20, 2000, 32767}[rng.Intn(3)], slices: 1 + rng.Intn(2),
					})
					checkPicture(t, p)
					for i := range p.mbs {
						seen[p.mbs[i].mb.Type]++
					}
				}
				least := macroblock.I4x4
				if refs > 0 {
					least = macroblock.PSkip
				}
				for typ := least; typ <= macroblock.IPCM; typ++ {
					if seen[typ] == 0 {
						t.Errorf("no macroblock of type %d", typ)
					}
				}
			})
		}
	}
}

func TestSliceOfSkippedMacroblocksOnly(t *testing.T) {
	p := &testPicture{width: 5, slice: Slice{P: true, NumRefIdx: 1, QP: 30}, firsts: []int{0}, mbs: make([]codedMB, 40)}
	for i := range p.mbs {
		p.mbs[i].mb.QP = 30
		p.mbs[i].n = p.neighbours(i, 0)
	}
	checkPicture(t, p)
	var w bits.Writer
	p.write(NewCAVLC(false), &w, 0)
	if want := bits.UELen(40) + 1; w.Len() != (want+7)/8*8 {
		t.Errorf("%d bits, want %d and alignment", w.Len(), want)
	}
}

// Levels that need level_prefix 16 and more are for profile 244 only, but they
// must not corrupt what follows.
func TestDecoderReadsBackLongEscapes(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	for range 20 {
		checkPicture(t, newPicture(rng, pictureOptions{
			width: 3, height: 3, chroma444: true, pSlice: true, numRefIdx: 1, maxLevel: 32768, maxMV: 100, slices: 1,
		}))
	}
}

func TestBitsEqualsWhatMacroblockWrites(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	for round := range 40 {
		p := newPicture(rng, pictureOptions{
			width: 4, height: 4, chroma444: round&1 == 1, pSlice: round&2 == 2, numRefIdx: 1 + round>>2&3,
			maxLevel: []int{macroblock.MaxLevel, 32768}[round&1], maxMV: 3000, slices: 1,
		})
		var w bits.Writer
		c := NewCAVLC(p.chroma444)
		c.BeginSlice(&w, p.slice)
		for i := range p.mbs {
			m := &p.mbs[i]
			got := c.Bits(&m.mb, &m.n, &m.res)
			before, run := w.Len(), c.skipRun
			c.Macroblock(&m.mb, &m.n, &m.res)
			want := w.Len() - before
			if m.mb.Type != macroblock.PSkip && p.slice.P {
				want -= bits.UELen(run)
				before += bits.UELen(run)
			}
			if m.mb.Type == macroblock.IPCM {
				want -= -(before + MBTypeBits(m.mb.Type, p.slice.P)) & 7 // pcm_alignment_zero_bits
			}
			if got != want {
				t.Fatalf("Bits of %+v: %d, want %d", m.mb, got, want)
			}
		}
	}
}

// The cost functions must agree with what stands before a macroblock's residual
// or samples, element by element.
func TestHeaderCosts(t *testing.T) {
	rng := rand.New(rand.NewSource(4))
	for round := range 40 {
		p := newPicture(rng, pictureOptions{
			width: 4, height: 4, chroma444: round&1 == 1, pSlice: round&2 == 2, numRefIdx: 1 + round>>2&3,
			maxLevel: macroblock.MaxLevel, maxMV: 3000, slices: 1,
		})
		c := NewCAVLC(p.chroma444)
		p.slice.QP = 26
		c.BeginSlice(nil, p.slice)
		for i := range p.mbs {
			m := &p.mbs[i]
			mb := &m.mb
			got := MBTypeBits(mb.Type, p.slice.P)
			switch mb.Type {
			case macroblock.I16x16:
				got = I16TypeBits(mb.I16Mode, mb.CBP, p.slice.P)
			case macroblock.I4x4:
				for b, mode := range mb.I4Modes {
					got += I4ModeBits(mode, mb.I4Predictor(&m.n, b&3, b>>2))
				}
			case macroblock.P16x16, macroblock.P16x8, macroblock.P8x16, macroblock.P8x8:
				for q, part := range macroblock.Partitions[mb.Type] {
					ref := mb.Ref[part.Y/2*2+part.X/2]
					got += RefBits(ref, p.slice.NumRefIdx)
					subs := []macroblock.Partition{part}
					if mb.Type == macroblock.P8x8 {
						got += SubTypeBits(mb.Sub[q])
						subs = nil
						for _, s := range macroblock.SubPartitions[mb.Sub[q]] {
							subs = append(subs, s.Within(q))
						}
					}
					for _, s := range subs {
						mv, pred := mb.MV[4*s.Y+s.X], mb.PredictMV(&m.n, s, ref)
						got += dsp.MVDBits(int(mv.X)-int(pred.X), int(mv.Y)-int(pred.Y))
					}
				}
			}
			if mb.Type.IsIntra() && mb.Type != macroblock.IPCM && !p.chroma444 {
				got += ChromaModeBits(mb.ChromaMode)
			}
			if mb.Type != macroblock.PSkip && mb.Type != macroblock.IPCM && mb.Type != macroblock.I16x16 {
				got += bits.UELen(uint32(cbpCodeNum[cbpColumn(mb.Type.IsIntra(), p.chroma444)][mb.CBP]))
			}
			if mb.CarriesQP() {
				got += bits.SELen(qpDelta(int(mb.QP), 26))
			}
			var header sink
			if mb.Type != macroblock.PSkip {
				c.header(&header, mb, &m.n)
			}
			if got != header.n {
				t.Fatalf("the elements of %+v take %d bits, want %d", *mb, got, header.n)
			}
		}
	}
}

func TestQPDeltaWraps(t *testing.T) {
	for pred := range 52 {
		for qp := range 52 {
			delta := int(qpDelta(qp, pred))
			if delta < -26 || delta > 25 || (pred+delta+52)%52 != qp {
				t.Errorf("from %d to %d: mb_qp_delta %d", pred, qp, delta)
			}
		}
	}
}

func TestMacroblockDoesNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewSource(5))
	for _, cabac := range []bool{false, true} {
		p := newPicture(rng, pictureOptions{
			width: 4, height: 4, cabac: cabac, transform8x8: true, pSlice: true, numRefIdx: 2, maxLevel: 32768, maxMV: 500, slices: 1,
		})
		c, cavlc, counter := p.coder(), NewCAVLC(false), NewCABAC(false)
		cavlc.BeginSlice(nil, p.slice)
		counter.BeginSlice(nil, p.slice)
		var w bits.Writer
		p.write(c, &w, 0) // grows w
		var after After
		allocs := testing.AllocsPerRun(5, func() {
			w.Reset()
			p.write(c, &w, 0)
			for i := range p.mbs {
				m := &p.mbs[i]
				cavlc.Bits(&m.mb, &m.n, &m.res)
				counter.Cost(&m.mb, &m.n, &m.res, &after)
			}
		})
		if allocs != 0 {
			t.Errorf("CABAC %t: %g allocations per slice", cabac, allocs)
		}
	}
}

// The coder reads macroblocks and residual, and leaves them as they are.
func TestMacroblockChangesNothing(t *testing.T) {
	rng := rand.New(rand.NewSource(6))
	for _, cabac := range []bool{false, true} {
		p := newPicture(rng, pictureOptions{
			width: 4, height: 4, cabac: cabac, pSlice: true, numRefIdx: 2, maxLevel: macroblock.MaxLevel, maxMV: 500, slices: 1,
		})
		before := append([]codedMB(nil), p.mbs...)
		var w bits.Writer
		p.write(p.coder(), &w, 0)
		if !reflect.DeepEqual(before, p.mbs) {
			t.Errorf("CABAC %t: macroblocks changed", cabac)
		}
	}
}

func FuzzSlice(f *testing.F) {
	f.Add(int64(1), uint8(3), uint8(3), uint8(0), uint16(macroblock.MaxLevel))
	f.Add(int64(2), uint8(1), uint8(5), uint8(0xff), uint16(32767))
	f.Fuzz(func(t *testing.T, seed int64, width, height, options uint8, maxLevel uint16) {
		o := pictureOptions{
			width: 1 + int(width%5), height: 1 + int(height%5), chroma444: options&1 == 1, pSlice: options&2 == 2,
			cabac: seed&1 == 1, transform8x8: seed&2 == 2, initIDC: uint8(seed>>2&3) % 3,
			numRefIdx: 1 + int(options>>2&7), maxLevel: 1 + int(maxLevel)%32768, maxMV: 1 << (options >> 5 * 2), slices: 1,
		}
		checkPicture(t, newPicture(rand.New(rand.NewSource(seed)), o))
	})
}

// counts say of all blocks what macroblock.MB.NC says of each.
func TestCounts(t *testing.T) {
	rng := rand.New(rand.NewSource(5))
	for range 500 {
		random := func() *macroblock.MB {
			mb := new(macroblock.MB)
			for i := range mb.TotalCoeff[1] {
				mb.TotalCoeff[1][i] = uint8(rng.Intn(17))
			}
			return mb
		}
		mb, n := random(), macroblock.Neighbours{}
		if rng.Intn(3) > 0 {
			n.A = random()
		}
		if rng.Intn(3) > 0 {
			n.B = random()
		}
		var c counts
		c.load(mb, &n, 1)
		for i := range 16 {
			x, y := i&3, i>>2
			if got, want := c.nC(CodedPlace(x, y)), mb.NC(&n, 1, x, y, 4); got != want {
				t.Fatalf("block (%d, %d): nC %d, want %d", x, y, got, want)
			}
			if got := c[CodedPlace(x, y)]; got != mb.TotalCoeff[1][i] {
				t.Fatalf("block (%d, %d): %d levels", x, y, got)
			}
		}
	}
}

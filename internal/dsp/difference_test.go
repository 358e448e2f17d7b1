package dsp

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestBlockSizes(t *testing.T) {
	for b, name := range blockNames {
		if got := [2]int{b.W(), b.H()}; name != itoa(got[0])+"x"+itoa(got[1]) {
			t.Errorf("block %s has size %v", name, got)
		}
	}
}

func itoa(v int) string {
	if v >= 10 {
		return itoa(v/10) + itoa(v%10)
	}
	return string(rune('0' + v))
}

// checkDifference compares every measure of difference of two blocks with its reference.
func checkDifference(t *testing.T, b Block, a []uint8, as int, r []uint8, rs int) {
	t.Helper()
	w, h := b.W(), b.H()
	twins(t, blockNames[b], func() []int {
		return []int{SAD(b, a, as, r, rs), SATD(b, a, as, r, rs), SSD(b, a, as, r, rs)}
	})
	if got, want := SAD(b, a, as, r, rs), refSAD(a, as, r, rs, w, h); got != want {
		t.Fatalf("SAD %s = %d, want %d", blockNames[b], got, want)
	}
	if got, want := SATD(b, a, as, r, rs), refSATD(a, as, r, rs, w, h); got != want {
		t.Fatalf("SATD %s = %d, want %d", blockNames[b], got, want)
	}
	if got, want := SSD(b, a, as, r, rs), refSSD(a, as, r, rs, w, h); got != want {
		t.Fatalf("SSD %s = %d, want %d", blockNames[b], got, want)
	}
	sum, sumSq := VarianceSums(a, as, w, h)
	wantSum, wantSq := refMoments(a, as, w, h)
	if int(sum) != wantSum || int(sumSq) != wantSq {
		t.Fatalf("VarianceSums %s = %d, %d, want %d, %d", blockNames[b], sum, sumSq, wantSum, wantSq)
	}
}

func refMoments(a []uint8, stride, w, h int) (sum, sumSq int) {
	for y := range h {
		for x := range w {
			v := int(a[y*stride+x])
			sum += v
			sumSq += v * v
		}
	}
	return sum, sumSq
}

func TestDifference(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		for i := range 400 {
			a, as := cut(r, i, b.W(), b.H())
			p, ps := cut(r, i/5, b.W(), b.H())
			checkDifference(t, b, a, as, p, ps)
		}
	}
}

// TestDifferenceExtremes drives every lane of the kernels to both ends of its range.
func TestDifferenceExtremes(t *testing.T) {
	for _, pa := range patterns {
		for _, pb := range patterns {
			for _, b := range allBlocks {
				checkDifference(t, b, draw(pa, b.W(), b.H()), b.W(), draw(pb, b.W(), b.H()), b.W())
			}
		}
	}
}

// TestBelow checks that a sum is whole below the limit, and the limit elsewhere.
func TestBelow(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		for i := range 300 {
			a, as := cut(r, i, b.W(), b.H())
			p, ps := cut(r, i/5, b.W(), b.H())
			for _, m := range []struct {
				name  string
				whole int
				below func(Block, []uint8, int, []uint8, int, int) int
			}{
				{"SADBelow", refSAD(a, as, p, ps, b.W(), b.H()), SADBelow},
				{"SATDBelow", refSATD(a, as, p, ps, b.W(), b.H()), SATDBelow},
			} {
				for _, limit := range []int{m.whole + 1, m.whole, m.whole / 2, 1 + r.IntN(m.whole+1), 0} {
					twins(t, m.name+" "+blockNames[b], func() []int {
						got := m.below(b, a, as, p, ps, limit)
						if want := min(m.whole, limit); got != want {
							t.Fatalf("%s %s with limit %d = %d of %d", m.name, blockNames[b], limit, got, m.whole)
						}
						return []int{got}
					})
				}
			}
		}
	}
}

// TestBelowStops checks that portable forms add nothing to the first four rows (of SATD, to their first eight samples) where
// those reach the limit.
func TestBelowStops(t *testing.T) {
	for _, b := range allBlocks {
		if b.H() == 4 {
			continue
		}
		a, p := make([]uint8, 256), make([]uint8, 256)
		for i := range a {
			a[i] = uint8(i) * 37
		}
		sad, satd := refSAD(a, 16, p, 16, b.W(), 4), refSATD(a, 16, p, 16, min(b.W(), 8), 4)
		if got := sadPortable(b, a, 16, p, 16, sad); got != sad {
			t.Errorf("SAD %s = %d, want %d of four rows", blockNames[b], got, sad)
		}
		if got := satdPortable(b, a, 16, p, 16, satd); got != satd {
			t.Errorf("SATD %s = %d, want %d of the first rows", blockNames[b], got, satd)
		}
	}
}

// TestSATDAvgBelow checks the SATD from an average against that from the stored average.
func TestSATDAvgBelow(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		w, h := b.W(), b.H()
		for i := range 300 {
			a, as := cut(r, i, w, h)
			p, stride := cut(r, i/5, w, h)
			q := guarded((h-1)*stride + w)
			fill(r, i/25, q)
			avg := make([]uint8, 256)
			for k := range 256 {
				if x, y := k%16, k/16; x < w && y < h {
					avg[k] = uint8((int(p[y*stride+x]) + int(q[y*stride+x]) + 1) >> 1)
				}
			}
			satd := refSATD(a, as, avg, 16, w, h)
			for _, limit := range []int{1 << 30, satd, 1} {
				twins(t, "SATDAvgBelow "+blockNames[b], func() []int {
					d := SATDAvgBelow(b, a, as, p, q, stride, limit)
					if d != min(satd, limit) {
						t.Fatalf("%s: SATD %d, want %d, limit %d", blockNames[b], d, satd, limit)
					}
					return []int{d}
				})
			}
		}
	}
}

func TestSADPairs(t *testing.T) {
	r := newRand(t)
	for i := range 300 {
		cb, stride := cut(r, i, 8, 8)
		cr := guarded(7*stride + 8)
		fill(r, i/5, cr)
		pairs, ps := cut(r, i/25, 16, 8)
		var wantCb, wantCr int
		for k := range 64 {
			x, y := k%8, k/8
			first, second := int(pairs[y*ps+2*x]), int(pairs[y*ps+2*x+1])
			b, c := int(cb[y*stride+x])-first, int(cr[y*stride+x])-second
			wantCb, wantCr = wantCb+max(b, -b), wantCr+max(c, -c)
		}
		twins(t, "SADPairs", func() []int {
			gotCb, gotCr := SADPairs(cb, cr, stride, pairs, ps)
			if gotCb != wantCb || gotCr != wantCr {
				t.Fatalf("SADPairs = %d, %d, want %d, %d", gotCb, gotCr, wantCb, wantCr)
			}
			return []int{gotCb, gotCr}
		})
	}
}

func TestSADBelow4(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		w, h := b.W(), b.H()
		for i := range 300 {
			a, as := cut(r, i, w, h)
			p, stride := cut(r, i/5, w+r.IntN(20), h+r.IntN(20))
			var at, want [4]int
			for k := range at {
				at[k] = r.IntN(len(p) - ((h-1)*stride + w) + 1)
				want[k] = refSAD(a, as, p[at[k]:], stride, w, h)
			}
			at[i&3] = len(p) - ((h-1)*stride + w)
			want[i&3] = refSAD(a, as, p[at[i&3]:], stride, w, h)
			limit := want[i>>2&3] + r.IntN(3) - 1
			start := r.IntN(len(p) - ((h-1)*stride + w) + 1)
			for k := range want {
				want[k] = min(want[k], limit)
				at[k] -= start
			}
			twins(t, "SADBelow4 "+blockNames[b], func() []int {
				var got [4]int
				SADBelow4(&got, b, a, as, p, stride, start, &at, limit)
				if got != want {
					t.Fatalf("SADBelow4 %s = %d, want %d", blockNames[b], got, want)
				}
				return got[:]
			})
		}
	}
}

func TestSATDBelow4(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		w, h := b.W(), b.H()
		for i := range 300 {
			a, as := cut(r, i, w, h)
			p, stride := cut(r, i/5, w+r.IntN(20), h+r.IntN(20))
			last := len(p) - ((h-1)*stride + w)
			var at [4][2]int
			var want [4]int
			limit := 1 << 30
			if i%3 == 0 {
				limit = r.IntN(4000)
			}
			for k := range at {
				at[k] = [2]int{r.IntN(last + 1), r.IntN(last + 1)}
				switch {
				case i%5 == 0:
					at[k][1] = at[k][0]
				case i&3 == k:
					at[k][i>>2&1] = last
				}
				avg := make([]uint8, 16*16)
				for y := range h {
					for x := range w {
						avg[y*16+x] = uint8((int(p[at[k][0]+y*stride+x]) + int(p[at[k][1]+y*stride+x]) + 1) >> 1)
					}
				}
				want[k] = min(refSATD(a, as, avg, 16, w, h), limit)
			}
			start := r.IntN(last + 1)
			for k := range at {
				at[k][0] -= start
				at[k][1] -= start
			}
			pairs := NewBlockPairs(&at)
			twins(t, "SATDBelow4 "+blockNames[b], func() []int {
				var got [4]int
				SATDBelow4(&got, b, a, as, p, stride, start, &pairs, limit)
				if got != want {
					t.Fatalf("SATDBelow4 %s = %d, want %d", blockNames[b], got, want)
				}
				return got[:]
			})
		}
	}
}

func TestSATDEach(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		for i := range 100 {
			a, as := cut(r, i, b.W(), b.H())
			var preds [4][256]uint8
			var want [4]int
			for k := range preds {
				fill(r, i/5+k, preds[k][:])
				want[k] = refSATD(a, as, preds[k][:], 16, b.W(), b.H())
			}
			twins(t, "SATDEach "+blockNames[b], func() []int {
				var got [4]int
				SATDEach(&got, b, a, as, &preds)
				if got != want {
					t.Fatalf("SATDEach %s = %d, want %d", blockNames[b], got, want)
				}
				return got[:]
			})
		}
	}
}

func TestSATDEdges(t *testing.T) {
	r := newRand(t)
	check := func(b Block, a []uint8, as int, top []uint8, left *[16]uint8, dc uint8) {
		t.Helper()
		n := b.W()
		var preds [3][256]uint8
		for i := range 256 {
			if x, y := i%16, i/16; x < n {
				preds[0][i], preds[1][i], preds[2][i] = top[x], left[y], dc
			}
		}
		var want [3]int
		for k := range want {
			want[k] = refSATD(a, as, preds[k][:], 16, n, n)
		}
		twins(t, "SATDEdges "+blockNames[b], func() []int {
			columns, rows, flat := SATDEdges(b, a, as, top, left, dc)
			if got := [3]int{columns, rows, flat}; got != want {
				t.Fatalf("SATDEdges %s = %d, want %d", blockNames[b], got, want)
			}
			return nil
		})
	}
	for _, b := range []Block{B16x16, B8x8} {
		n := b.W()
		top := guarded(n)
		var left [16]uint8
		for i := range 500 {
			a, as := cut(r, i, n, n)
			fill(r, i/5, top)
			fill(r, i/25, left[:])
			check(b, a, as, top, &left, uint8(r.Uint32()))
		}
		for _, pa := range patterns {
			for _, pe := range patterns {
				copy(top, draw(pe, n, 1))
				copy(left[:], draw(pe, 1, n))
				for _, dc := range []uint8{0, 255} {
					check(b, draw(pa, n, n), n, top, &left, dc)
				}
			}
		}
	}
}

func satdOf(b Block, a, r []uint8, start int, at [4][2]int) {
	pairs := NewBlockPairs(&at)
	SATDBelow4(new([4]int), b, a, 16, r, 16, start, &pairs, 1)
}

// TestShortBlocks checks that a block that ends too early panics before anything is read.
func TestShortBlocks(t *testing.T) {
	for _, b := range allBlocks {
		n := 15*16 + 16 - (16-b.H())*16 - (16 - b.W())
		whole, short := make([]uint8, n), make([]uint8, n-1)
		for name, f := range map[string]func(a, p []uint8){
			"SAD":          func(a, p []uint8) { SAD(b, a, 16, p, 16) },
			"SATD":         func(a, p []uint8) { SATD(b, a, 16, p, 16) },
			"SSD":          func(a, p []uint8) { SSD(b, a, 16, p, 16) },
			"SATDAvgBelow": func(a, p []uint8) { SATDAvgBelow(b, a, 16, p, whole, 16, 1) },
			"SADBelow4":    func(a, p []uint8) { SADBelow4(new([4]int), b, a, 16, p, 16, 0, new([4]int), 1) },
			"SATDBelow4":   func(a, p []uint8) { SATDBelow4(new([4]int), b, a, 16, p, 16, 0, new(BlockPairs), 1) },
			"and late":     func(a, p []uint8) { satdOf(b, a, whole, 0, [4][2]int{2: {0, n - len(p)}}) },
			"and early":    func(a, p []uint8) { satdOf(b, a, whole, 0, [4][2]int{3: {len(p) - n, 0}}) },
			"starts late":  func(a, p []uint8) { satdOf(b, a, whole, n-len(p), [4][2]int{}) },
			"starts early": func(a, p []uint8) { satdOf(b, a, whole, len(p)-n, [4][2]int{}) },
			"SAD early":    func(a, p []uint8) { SADBelow4(new([4]int), b, a, 16, whole, 16, 0, &[4]int{0, 0, len(p) - n, 0}, 1) },
			"SAD late":     func(a, p []uint8) { SADBelow4(new([4]int), b, a, 16, whole, 16, 0, &[4]int{0, 0, n - len(p), 0}, 1) },
			"SAD of none":  func(a, p []uint8) { SADBelow4(new([4]int), b, a, 16, whole, 16, len(p)-n, new([4]int), 1) },
		} {
			f(whole, whole)
			if !panics(func() { f(whole, short) }) {
				t.Errorf("%s %s takes a block that is too short", name, blockNames[b])
			}
		}
	}
}

// TestOddSizes checks that sizes that no kernel is made for do no harm: they panic, or nothing is written.
func TestOddSizes(t *testing.T) {
	for _, size := range [][2]int{{16, 0}, {16, -2}, {0, 4}, {-8, 4}, {8, 0}, {-16, -16}} {
		w, h := size[0], size[1]
		for _, stride := range []int{0, 1, 8, 16} {
			for name, f := range map[string]func(p, q, r []uint8){
				"Avg":           func(p, q, r []uint8) { Avg(p, stride, q, stride, r, stride, w, h) },
				"CopyBlock":     func(p, q, r []uint8) { CopyBlock(p, stride, q, stride, w, h) },
				"Weight":        func(p, q, r []uint8) { Weight(p, stride, w, h, 1, 2, 3) },
				"SplitPairs":    func(p, q, r []uint8) { SplitPairs(p, q, stride, r, stride, w, h) },
				"JoinPairs":     func(p, q, r []uint8) { JoinPairs(p, stride, q, r, stride, w, h) },
				"Chroma":        func(p, q, r []uint8) { ChromaMCPlanes(p, q, stride, r, stride, 1, 1, w, h) },
				"VarianceSums":  func(p, q, r []uint8) { VarianceSums(p, stride, w, h) },
				"HalfPlanes":    func(p, q, r []uint8) { HalfPlanes(p, p, p, q, 40, stride, w, h) },
				"Half":          func(p, q, r []uint8) { Half(p, stride, q, stride, w, h) },
				"SATDEdges 8x4": func(p, q, r []uint8) { SATDEdges(B8x4, p, stride, q, new([16]uint8), 0) },
			} {
				p, q, r := guarded(64), guarded(64), guarded(64)
				fill(newRand(t), 0, p)
				before := clone(p)
				panics(func() { f(p, q, r) })
				checkPlane(t, name, p, before)
			}
		}
	}
}

func TestSATD4x4Each(t *testing.T) {
	r := newRand(t)
	for n := range 10 {
		for i := range 200 {
			a, as := cut(r, i, 4, 4)
			preds, got := make([][16]uint8, n), make([]int, n+4)
			for k := range preds {
				fill(r, i/5+k, preds[k][:])
			}
			twins(t, "SATD4x4Each", func() []int {
				SATD4x4Each(got[:n], a, as, preds)
				for k := range preds {
					if want := refSATD(a, as, preds[k][:], 4, 4, 4); got[k] != want {
						t.Fatalf("SATD4x4Each: %d of %d = %d, want %d", k, n, got[k], want)
					}
				}
				return nil
			}, got)
		}
	}
}

func TestSSDPlane(t *testing.T) {
	r := newRand(t)
	for w := 1; w <= 40; w++ {
		for _, h := range []int{1, 2, 5} {
			for kind := range 5 {
				a, as := cut(r, kind, w, h)
				b, bs := cut(r, 1, w, h)
				twins(t, "SSDPlane", func() []int {
					got := SSDPlane(a, as, b, bs, w, h)
					if want := refSSD(a, as, b, bs, w, h); got != uint64(want) {
						t.Fatalf("SSDPlane %dx%d = %d, want %d", w, h, got, want)
					}
					return []int{int(got)}
				})
			}
		}
	}
	if got := SSDPlane(nil, 0, nil, 0, 0, 0); got != 0 {
		t.Fatalf("SSDPlane of nothing = %d", got)
	}
}

// TestSSDPlaneLarge adds more than 32 bits can hold.
func TestSSDPlaneLarge(t *testing.T) {
	w, h := 1024, 512
	white, black := make([]uint8, w*h), make([]uint8, w*h)
	for i := range white {
		white[i] = 255
	}
	want := uint64(w*h) * 255 * 255
	if got := SSDPlane(white, w*h, black, w*h, w*h, 1); got != want {
		t.Fatalf("SSDPlane of one row = %d, want %d", got, want)
	}
	if got := SSDPlane(white, w, black, w, w, h); got != want {
		t.Fatalf("SSDPlane = %d, want %d", got, want)
	}
	if got := SSDPlane(black, w, white, w, w, h); got != want {
		t.Fatalf("SSDPlane = %d, want %d", got, want)
	}
}

func TestSSIMSums4x4(t *testing.T) {
	r := newRand(t)
	for n := range 12 {
		for kind := range 50 {
			a, as := cut(r, kind, 4*max(n, 1), 4)
			b, bs := cut(r, kind/5, 4*max(n, 1), 4)
			want := make([]SSIMSums, n)
			for k := range want {
				for i := range 16 {
					v, w := uint32(a[i/4*as+4*k+i%4]), uint32(b[i/4*bs+4*k+i%4])
					want[k] = SSIMSums{want[k].A + v, want[k].B + w, want[k].Squares + v*v + w*w, want[k].Product + v*w}
				}
			}
			got := make([]SSIMSums, n+1)
			twins(t, "SSIMSums4x4", func() []int {
				SSIMSums4x4(got[:n], a, as, b, bs)
				for k := range want {
					if got[k] != want[k] {
						t.Fatalf("SSIMSums4x4: %d of %d = %v, want %v", k, n, got[k], want[k])
					}
				}
				return nil
			}, got)
		}
	}
}

// SSIMRow is the mean over 8x8 windows of the paper's quotient, with the
// constants that x264 and ffmpeg have.
func TestSSIMRow(t *testing.T) {
	r := newRand(t)
	for kind := range 200 {
		const blocks = 9
		a, as := cut(r, kind, 4*blocks, 8)
		b, bs := cut(r, kind/5, 4*blocks, 8)
		if kind%7 == 0 {
			b, bs = a, as
		}
		var rows [2][]SSIMSums
		for y := range rows {
			rows[y] = make([]SSIMSums, blocks)
			SSIMSums4x4(rows[y], a[4*y*as:], as, b[4*y*bs:], bs)
		}
		want := 0.0
		for x := 0; x < 4*(blocks-1); x += 4 {
			const n = 64
			var meanA, meanB, varA, varB, cov float64
			for i := range n {
				meanA += float64(a[i/8*as+x+i%8]) / n
				meanB += float64(b[i/8*bs+x+i%8]) / n
			}
			for i := range n {
				da, db := float64(a[i/8*as+x+i%8])-meanA, float64(b[i/8*bs+x+i%8])-meanB
				varA, varB, cov = varA+da*da/(n-1), varB+db*db/(n-1), cov+da*db/(n-1)
			}
			c1, c2 := .01*.01*255*255/n, .03*.03*255*255
			want += (2*meanA*meanB + c1) * (2*cov + c2) / ((meanA*meanA + meanB*meanB + c1) * (varA + varB + c2))
		}
		if got := SSIMRow(rows[0], rows[1]); math.Abs(float64(got)/SSIMOne-want) > 1e-4 || kind%7 == 0 && got != (blocks-1)*SSIMOne {
			t.Fatalf("SSIMRow = %v, want %v", float64(got)/SSIMOne, want)
		}
	}
	if SSIMRow(nil, nil) != 0 || SSIMRow(make([]SSIMSums, 1), make([]SSIMSums, 1)) != 0 {
		t.Fatal("SSIMRow without a window isn't 0")
	}
}

func BenchmarkSSIMSums4x4(b *testing.B) {
	a, p := benchBlocks()
	var out [16]SSIMSums
	benchTwins(b, "16", func(n int) {
		for range n {
			SSIMSums4x4(out[:], a, 64, p, 64)
		}
	})
}

func TestVarianceOfOtherSizes(t *testing.T) {
	a := make([]uint8, 16*16)
	for _, size := range [][2]int{{8, 6}, {16, 15}, {6, 8}} {
		if !panics(func() { VarianceSums(a, 16, size[0], size[1]) }) {
			t.Errorf("VarianceSums takes %d columns and %d rows", size[0], size[1])
		}
	}
	if !panics(func() { VarianceRow(make([]uint32, 2), make([]uint32, 2), a, 16, 6) }) {
		t.Error("VarianceRow takes 6 rows")
	}
}

func TestVarianceSumsSizes(t *testing.T) {
	r := newRand(t)
	for w := 4; w <= 16; w += 4 {
		for h := 4; h <= 16; h += 4 {
			for kind := range 10 {
				a, as := cut(r, kind, w, h)
				twins(t, "VarianceSums", func() []int {
					sum, sumSq := VarianceSums(a, as, w, h)
					if wantSum, wantSq := refMoments(a, as, w, h); int(sum) != wantSum || int(sumSq) != wantSq {
						t.Fatalf("VarianceSums %dx%d = %d, %d, want %d, %d", w, h, sum, sumSq, wantSum, wantSq)
					}
					return []int{int(sum), int(sumSq)}
				})
			}
		}
	}
}

func FuzzDifference(f *testing.F) {
	f.Add(uint8(0), uint64(1), []byte{0, 255, 1, 254})
	f.Add(uint8(6), uint64(2), []byte{255})
	f.Fuzz(func(t *testing.T, shape uint8, seed uint64, data []byte) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := allBlocks[int(shape)%len(allBlocks)]
		a, as := cut(r, 0, b.W(), b.H())
		p, ps := cut(r, 0, b.W(), b.H())
		copy(a, data)
		copy(p, data[min(len(a), len(data)):])
		checkDifference(t, b, a, as, p, ps)
	})
}

// sink keeps results of benchmarks alive.
var sink int

// benchBlocks returns two 64x64 pictures that differ as a block and a fair prediction of it do.
func benchBlocks() (a, p []uint8) {
	r := rand.New(rand.NewPCG(3, 4))
	a, p = make([]uint8, 64*64), make([]uint8, 64*64)
	for i := range a {
		v := 128 + 60*((i%64)/16&1) + r.IntN(25)
		a[i], p[i] = uint8(v), uint8(v+r.IntN(17)-8)
	}
	return a, p
}

func benchDifference(b *testing.B, f func(Block, []uint8, int, []uint8, int) int) {
	a, p := benchBlocks()
	for _, shape := range allBlocks {
		benchTwins(b, blockNames[shape], func(n int) {
			for i := range n {
				sink += f(shape, a[i&15:], 64, p[i>>4&15:], 64)
			}
		})
	}
}

func BenchmarkSAD(b *testing.B)  { benchDifference(b, SAD) }
func BenchmarkSATD(b *testing.B) { benchDifference(b, SATD) }
func BenchmarkSSD(b *testing.B)  { benchDifference(b, SSD) }

func BenchmarkSADPairs(b *testing.B) {
	a, p := benchBlocks()
	benchTwins(b, "8x8", func(n int) {
		for range n {
			cb, cr := SADPairs(a, a[8:], 64, p, 64)
			sink += cb + cr
		}
	})
}

func BenchmarkSATD4x4Each(b *testing.B) {
	a, p := benchBlocks()
	preds := make([][16]uint8, 9)
	for k := range preds {
		copy(preds[k][:], p[64*k:])
	}
	var out [9]int
	benchTwins(b, "9", func(n int) {
		for range n {
			SATD4x4Each(out[:], a, 64, preds)
			sink += out[0]
		}
	})
}

func BenchmarkSATD8x8Each(b *testing.B) {
	a, p := benchBlocks()
	preds := make([][64]uint8, 9)
	for k := range preds {
		copy(preds[k][:], p[64*k:])
	}
	var out [9]int
	benchTwins(b, "9", func(n int) {
		for range n {
			SATD8x8Each(out[:], a, 64, preds)
			sink += out[0]
		}
	})
}

func BenchmarkSATDEach(b *testing.B) {
	a, _ := benchBlocks()
	var preds [4][256]uint8
	var out [4]int
	for _, shape := range []Block{B16x16, B8x8} {
		benchTwins(b, blockNames[shape], func(n int) {
			for range n {
				SATDEach(&out, shape, a, 64, &preds)
			}
		})
	}
}

func BenchmarkSATDEdges(b *testing.B) {
	a, p := benchBlocks()
	var left [16]uint8
	for _, shape := range []Block{B16x16, B8x8} {
		benchTwins(b, blockNames[shape], func(n int) {
			for range n {
				columns, _, _ := SATDEdges(shape, a, 64, p, &left, 3)
				sink += columns
			}
		})
	}
}

func BenchmarkSATDBelow4(b *testing.B) {
	for name, at := range map[string][4][2]int{"plain": {{3, 3}, {5, 5}, {64, 64}, {70, 70}}, "avg": {{3, 4}, {5, 69}, {64, 65}, {70, 71}}} {
		pairs := NewBlockPairs(&at)
		b.Run(name, func(b *testing.B) {
			benchDifference(b, func(shape Block, a []uint8, as int, p []uint8, ps int) int {
				var out [4]int
				SATDBelow4(&out, shape, a, as, p, ps, 0, &pairs, math.MaxInt)
				return out[0]
			})
		})
	}
}

func BenchmarkSADBelow4(b *testing.B) {
	at := [4]int{3, 5, 64, 70}
	benchDifference(b, func(shape Block, a []uint8, as int, p []uint8, ps int) int {
		var out [4]int
		SADBelow4(&out, shape, a, as, p, ps, 0, &at, math.MaxInt)
		return out[0]
	})
}

func BenchmarkSATDAvgBelow(b *testing.B) {
	benchDifference(b, func(shape Block, a []uint8, as int, p []uint8, ps int) int {
		return SATDAvgBelow(shape, a, as, p, p[64:], ps, 1<<30)
	})
}

// BenchmarkBelow times candidates twice as bad as the limit.
func BenchmarkBelow(b *testing.B) {
	a, p := benchBlocks()
	below := map[string]func(Block, []uint8, int, []uint8, int, int) int{"SAD": SADBelow, "SATD": SATDBelow}
	for name, f := range below {
		limit := f(B16x16, a, 64, p, 64, math.MaxInt) / 2
		benchTwins(b, name, func(n int) {
			for range n {
				sink += f(B16x16, a, 64, p, 64, limit)
			}
		})
	}
}

func BenchmarkSSDPlane(b *testing.B) {
	a, p := benchBlocks()
	benchTwins(b, "64x64", func(n int) {
		for range n {
			sink += int(SSDPlane(a, 64, p, 64, 64, 64))
		}
	})
}

func BenchmarkVarianceSums(b *testing.B) {
	a, _ := benchBlocks()
	for _, w := range []int{16, 8} {
		benchTwins(b, itoa(w), func(n int) {
			for i := range n {
				s, q := VarianceSums(a[i&15:], 64, w, w)
				sink += int(s + q)
			}
		})
	}
}

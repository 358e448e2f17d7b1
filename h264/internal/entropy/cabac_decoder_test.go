package entropy

import (
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/g264/g264/h264/internal/macroblock"
)

// A decoder of CABAC slice data, written from clause 9.3 and driven by the CSV
// files: bit by bit, with contexts named by binIdx. It shares nothing with the
// coder but the types of package macroblock, and with the CAVLC decoder the
// prediction of vectors and modes.

type cabacTables struct {
	rangeLPS         [64][4]int
	nextLPS, nextMPS [64]int
	m, n             [4][1024]int
	blocks           [14]struct{ coded, significant, last, level int }
	sig8, last8      [63]int
}

var standardCABAC = sync.OnceValue(func() *cabacTables {
	t := new(cabacTables)
	for i, r := range readCSV("cabac_rangeTabLPS.csv")[1:] {
		for q := range 4 {
			t.rangeLPS[i][q] = atoi(r[1+q])
		}
		t.nextLPS[i], t.nextMPS[i] = atoi(r[5]), atoi(r[6])
	}
	for i, r := range readCSV("cabac_context_init.csv")[1:] {
		for k := range 4 {
			t.m[k][i], t.n[k][i] = atoi(r[1+2*k]), atoi(r[2+2*k])
		}
	}
	for i, r := range readCSV("cabac_residual_ctxIdx.csv")[1:] {
		b := &t.blocks[i]
		b.coded, b.significant, b.last, b.level = atoi(r[2]), atoi(r[3]), atoi(r[4]), atoi(r[7])
	}
	for i, r := range readCSV("cabac_ctxIdxInc_8x8.csv")[1:] {
		t.sig8[i], t.last8[i] = atoi(r[1]), atoi(r[3])
	}
	return t
})

// cabacMB is what contexts need to know of a macroblock beside its decodedMB.
type cabacMB struct {
	mvd        [16][2]int
	codedDC    [3]bool
	coded      [3][16]bool // coded_block_flag by 4x4 block in raster order
	chromaMode int
}

type cabacDecoder struct {
	decoder
	extra         []cabacMB
	pState        [1024]int
	valMPS        [1024]int
	rng, offset   int
	lastDeltaZero bool
}

func newCABACDecoder(d decoder) *cabacDecoder {
	return &cabacDecoder{decoder: d, extra: make([]cabacMB, len(d.mbs))}
}

// slice reads slice_data and rbsp_slice_trailing_bits.
func (d *cabacDecoder) slice(first int, header *Slice) error {
	d.first, d.cur, d.header, d.qp, d.lastDeltaZero = first, first, *header, header.QP, true
	for d.pos%8 != 0 {
		if d.bit() != 1 {
			return errors.New("cabac_alignment_one_bit is zero")
		}
	}
	column := 0
	if header.P {
		column = 1 + int(header.CABACInitIDC)
	}
	t := standardCABAC()
	for i := range d.pState {
		pre := min(max(1, (t.m[column][i]*header.QP)>>4+t.n[column][i]), 126)
		if pre <= 63 {
			d.pState[i], d.valMPS[i] = 63-pre, 0
		} else {
			d.pState[i], d.valMPS[i] = pre-64, 1
		}
	}
	d.initialise()
	for {
		if d.cur >= len(d.mbs) {
			return errors.New("more macroblocks than the picture has")
		}
		begin := d.pos
		if err := d.macroblock(); err != nil {
			return fmt.Errorf("macroblock %d: %w", d.cur, err)
		}
		d.mbs[d.cur].bits = d.pos - begin
		if d.failed {
			return fmt.Errorf("macroblock %d: past the end of the data", d.cur)
		}
		d.cur++
		if d.terminate() == 1 {
			break
		}
	}
	// The last of the bits read so far is rbsp_stop_one_bit.
	d.pos--
	if d.bit() != 1 {
		return errors.New("no rbsp_stop_one_bit")
	}
	for d.pos%8 != 0 {
		if d.bit() != 0 {
			return errors.New("rbsp_alignment_zero_bit is one")
		}
	}
	return nil
}

func (d *cabacDecoder) initialise() { d.rng, d.offset = 510, d.u(9) }

func (d *cabacDecoder) decision(ctx int) int {
	p := &d.pState[ctx]
	lps := standardCABAC().rangeLPS[*p][d.rng>>6&3]
	d.rng -= lps
	bin := d.valMPS[ctx]
	if d.offset >= d.rng {
		bin = 1 - bin
		d.offset -= d.rng
		d.rng = lps
		if *p == 0 {
			d.valMPS[ctx] = 1 - d.valMPS[ctx]
		}
		*p = standardCABAC().nextLPS[*p]
	} else {
		*p = standardCABAC().nextMPS[*p]
	}
	d.renormalise()
	return bin
}

func (d *cabacDecoder) renormalise() {
	for d.rng < 256 {
		d.rng <<= 1
		d.offset = d.offset<<1 | d.bit()
	}
}

func (d *cabacDecoder) bypassed() int {
	d.offset = d.offset<<1 | d.bit()
	if d.offset >= d.rng {
		d.offset -= d.rng
		return 1
	}
	return 0
}

func (d *cabacDecoder) terminate() int {
	d.rng -= 2
	if d.offset >= d.rng {
		return 1
	}
	d.renormalise()
	return 0
}

// neighbours are macroblocks A and B, -1 where not available.
func (d *cabacDecoder) neighbours() (a, b int) {
	column, row := d.cur%d.width, d.cur/d.width
	a, b = -1, -1
	if d.macroblockAt(column-1, row) != nil {
		a = d.cur - 1
	}
	if d.macroblockAt(column, row-1) != nil {
		b = d.cur - d.width
	}
	return a, b
}

// count sums condTermFlags: that of B counts weight times.
func (d *cabacDecoder) count(weight int, flag func(m *decodedMB, e *cabacMB) bool) (n int) {
	a, b := d.neighbours()
	if a >= 0 && flag(&d.mbs[a], &d.extra[a]) {
		n++
	}
	if b >= 0 && flag(&d.mbs[b], &d.extra[b]) {
		n += weight
	}
	return n
}

// binary reads bins until they make one of the words; ctx gives the context of
// the next bin behind those read, -1 for the terminating one.
func (d *cabacDecoder) binary(words map[string]int, ctx func(read string) int) (int, error) {
	read := ""
	for len(read) < 16 {
		bin := 0
		if c := ctx(read); c < 0 {
			bin = d.terminate()
		} else {
			bin = d.decision(c)
		}
		read += strconv.Itoa(bin)
		if v, ok := words[read]; ok {
			return v, nil
		}
	}
	return 0, errors.New("no such word: " + read)
}

// intraWords are mb_type of I slices (table 9-36).
var intraWords = func() map[string]int {
	w := map[string]int{"0": 0, "11": 25}
	for i := range 24 {
		luma, chroma, mode := i/12, i/4%3, i%4
		word := "10" + strconv.Itoa(luma) + [3]string{"0", "10", "11"}[chroma] + fmt.Sprintf("%02b", mode)
		w[word] = 1 + i
	}
	return w
}()

func (d *cabacDecoder) intraType() (int, error) {
	if d.header.P {
		return d.binary(intraWords, func(read string) int {
			switch n := len(read); {
			case n == 1:
				return -1
			case n == 4 && read[3] == '1':
				return 17 + 2
			default:
				return 17 + [7]int{0, 0, 1, 2, 3, 3, 3}[n]
			}
		})
	}
	first := d.count(1, func(m *decodedMB, _ *cabacMB) bool { return m.mb.Type != macroblock.I4x4 })
	return d.binary(intraWords, func(read string) int {
		switch n := len(read); {
		case n == 0:
			return 3 + first
		case n == 1:
			return -1
		case n == 4 && read[3] == '1':
			return 3 + 5
		case n == 5 && read[3] == '1':
			return 3 + 6
		default:
			return 3 + [7]int{0, 0, 3, 4, 6, 7, 7}[n]
		}
	})
}

func (d *cabacDecoder) macroblock() error {
	m, e := &d.mbs[d.cur], &d.extra[d.cur]
	*e = cabacMB{}
	if d.header.P {
		*m = decodedMB{}
		inc := d.count(1, func(m *decodedMB, _ *cabacMB) bool { return m.mb.Type != macroblock.PSkip })
		if d.decision(11+inc) == 1 {
			d.skip()
			d.lastDeltaZero = true
			return nil
		}
	}
	*m = decodedMB{}
	d.moved = [16]bool{}
	mb := &m.mb
	mb.Ref = [4]int8{-1, -1, -1, -1}
	intra := 0
	var err error
	if d.header.P {
		var t int
		t, err = d.binary(map[string]int{"000": 0, "001": 3, "010": 2, "011": 1, "1": 4}, func(read string) int {
			return 14 + map[string]int{"": 0, "0": 1, "00": 2, "01": 3}[read]
		})
		if err != nil {
			return err
		}
		mb.Type = [5]macroblock.Type{macroblock.P16x16, macroblock.P16x8, macroblock.P8x16, macroblock.P8x8, macroblock.I4x4}[t]
	} else {
		mb.Type = macroblock.I4x4
	}
	if mb.Type == macroblock.I4x4 {
		if intra, err = d.intraType(); err != nil {
			return err
		}
	}
	switch {
	case mb.Type != macroblock.I4x4:
		if err := d.inter(mb, e); err != nil {
			return err
		}
	case intra == 25:
		d.pcm(m)
		d.initialise()
		for p := range e.coded {
			e.codedDC[p] = true
			for i := range e.coded[p] {
				e.coded[p][i] = true
			}
		}
		d.lastDeltaZero = true
		return nil
	case intra > 0:
		mb.Type = macroblock.I16x16
		mb.I16Mode = uint8((intra - 1) % 4)
		mb.CBP = uint8((intra-1)/4%3) << 4
		if intra >= 13 {
			mb.CBP |= 15
		}
	default:
		if d.header.Transform8x8 {
			mb.Transform8x8 = d.transform()
		}
		d.modes(mb)
	}
	if mb.Type.IsIntra() && !d.chroma444 {
		inc := d.count(1, func(m *decodedMB, e *cabacMB) bool { return e.chromaMode != 0 })
		for e.chromaMode < 3 && d.decision(64+inc) == 1 {
			e.chromaMode++
			inc = 3
		}
		mb.ChromaMode = uint8(e.chromaMode)
	}
	if mb.Type != macroblock.I16x16 {
		d.pattern(mb)
		whole := mb.Type != macroblock.P8x8 || mb.Sub == [4]macroblock.SubType{}
		if d.header.Transform8x8 && mb.CBP&15 != 0 && !mb.Type.IsIntra() && whole {
			mb.Transform8x8 = d.transform()
		}
	}
	if mb.CBP > 0 || mb.Type == macroblock.I16x16 {
		d.readDelta()
		d.residuals(m, e)
	} else {
		d.lastDeltaZero = true
	}
	mb.QP = int8(d.qp)
	return nil
}

func (d *cabacDecoder) transform() bool {
	inc := d.count(1, func(m *decodedMB, _ *cabacMB) bool { return m.mb.Transform8x8 })
	return d.decision(399+inc) == 1
}

func (d *cabacDecoder) modes(mb *macroblock.MB) {
	size := 1
	if mb.Transform8x8 {
		size = 2
	}
	for i := 0; i < 16; i += size * size {
		x, y := scan4x4(i)
		pred := d.predictMode(mb, x, y)
		if d.decision(68) == 0 {
			rem := d.decision(69) | d.decision(69)<<1 | d.decision(69)<<2
			if rem >= pred {
				rem++
			}
			pred = rem
		}
		for k := range size * size {
			mb.I4Modes[4*(y+k/size)+x+k%size] = uint8(pred)
		}
	}
}

func (d *cabacDecoder) pattern(mb *macroblock.MB) {
	for q := range 4 {
		// Whether the 8x8 block at the given place, beyond the macroblock by its
		// sign, is not coded.
		empty := func(x, y int) int {
			if x >= 0 && y >= 0 {
				return 1 - int(mb.CBP>>(2*y+x)&1)
			}
			a, b := d.neighbours()
			addr := a
			if y < 0 {
				addr = b
			}
			if addr < 0 || d.mbs[addr].mb.Type == macroblock.IPCM {
				return 0
			}
			return 1 - int(d.mbs[addr].mb.CBP>>(2*(y&1)+x&1)&1)
		}
		mb.CBP |= uint8(d.decision(73+empty(q%2-1, q/2)+2*empty(q%2, q/2-1)) << q)
	}
	if d.chroma444 {
		return
	}
	chroma := func(least uint8) int {
		return d.count(2, func(m *decodedMB, _ *cabacMB) bool { return m.mb.Type == macroblock.IPCM || m.mb.CBP>>4 >= least })
	}
	if d.decision(77+chroma(1)) == 1 {
		mb.CBP |= uint8(1+d.decision(77+4+chroma(2))) << 4
	}
}

func (d *cabacDecoder) readDelta() {
	inc := 1
	if d.lastDeltaZero {
		inc = 0
	}
	k := 0
	for d.decision(60+inc) == 1 && k < 100 {
		k++
		inc = min(1+k, 3)
	}
	d.lastDeltaZero = k == 0
	delta := (k + 1) / 2
	if k%2 == 0 {
		delta = -delta
	}
	d.qp = (d.qp + delta + 52) % 52
}

// inter is mb_pred and sub_mb_pred of inter macroblocks.
func (d *cabacDecoder) inter(mb *macroblock.MB, e *cabacMB) error {
	w, h := 4, 4
	switch mb.Type {
	case macroblock.P16x8:
		h = 2
	case macroblock.P8x16:
		w = 2
	case macroblock.P8x8:
		w, h = 2, 2
		for q := range mb.Sub {
			sub, err := d.binary(map[string]int{"1": 0, "00": 1, "011": 2, "010": 3}, func(read string) int { return 21 + len(read) })
			if err != nil {
				return err
			}
			mb.Sub[q] = macroblock.SubType(sub)
		}
	}
	mb.Ref = [4]int8{}
	for y := 0; y < 4; y += h {
		for x := 0; x < 4; x += w {
			ref := int8(0)
			if d.header.NumRefIdx > 1 {
				ref = d.readRef(x, y)
			}
			if int(ref) >= d.header.NumRefIdx {
				return fmt.Errorf("ref_idx_l0 %d of %d", ref, d.header.NumRefIdx)
			}
			for k := range w * h {
				mb.Ref[(y+k/w)/2*2+(x+k%w)/2] = ref
			}
		}
	}
	for y := 0; y < 4; y += h {
		for x := 0; x < 4; x += w {
			sw, sh := w, h
			if mb.Type == macroblock.P8x8 {
				sub := mb.Sub[y/2*2+x/2]
				sw, sh = [4]int{2, 2, 1, 1}[sub], [4]int{2, 1, 2, 1}[sub]
			}
			for sy := y; sy < y+h; sy += sh {
				for sx := x; sx < x+w; sx += sw {
					mv := d.predict(sx, sy, sw, sh, mb.Ref[sy/2*2+sx/2], mb.Type == macroblock.P16x8 || mb.Type == macroblock.P8x16)
					dx, dy := d.readMVD(sx, sy, 0), d.readMVD(sx, sy, 1)
					mv.X += int16(dx)
					mv.Y += int16(dy)
					for k := range sw * sh {
						i := 4*(sy+k/sw) + sx + k%sw
						mb.MV[i], d.moved[i], e.mvd[i] = mv, true, [2]int{dx, dy}
					}
				}
			}
		}
	}
	return nil
}

// at returns the macroblock and 4x4 block at (x, y) relative to the current
// macroblock.
func (d *cabacDecoder) at(x, y int) (m *decodedMB, e *cabacMB, block int) {
	gx, gy := d.cur%d.width*4+x, d.cur/d.width*4+y
	if gx < 0 || gy < 0 {
		return nil, nil, 0
	}
	if m = d.macroblockAt(gx/4, gy/4); m == nil {
		return nil, nil, 0
	}
	return m, &d.extra[gy/4*d.width+gx/4], gy%4*4 + gx%4
}

func (d *cabacDecoder) readRef(x, y int) (ref int8) {
	more := func(x, y int) int {
		m, _, i := d.at(x, y)
		if m != nil && m.mb.Ref[i/8*2+i%4/2] > 0 {
			return 1
		}
		return 0
	}
	inc := more(x-1, y) + 2*more(x, y-1)
	for d.decision(54+inc) == 1 && ref < 40 {
		inc = min(4+int(ref), 5)
		ref++
	}
	return ref
}

func (d *cabacDecoder) readMVD(x, y, component int) int {
	sum := 0
	for _, at := range [][2]int{{x - 1, y}, {x, y - 1}} {
		if m, e, i := d.at(at[0], at[1]); m != nil {
			v := e.mvd[i][component]
			sum += max(v, -v)
		}
	}
	inc := 0
	switch {
	case sum > 32:
		inc = 2
	case sum > 2:
		inc = 1
	}
	first := 40 + 7*component
	v := 0
	for v < 9 && d.decision(first+inc) == 1 {
		v++
		inc = min(2+v, 6)
	}
	if v == 9 {
		v += d.suffix(3)
	}
	if v != 0 && d.bypassed() == 1 {
		return -v
	}
	return v
}

// suffix is the suffix of UEGk.
func (d *cabacDecoder) suffix(k int) (v int) {
	for d.bypassed() == 1 {
		v += 1 << k
		if k++; k > 30 {
			d.failed = true
			return 0
		}
	}
	for k--; k >= 0; k-- {
		v += d.bypassed() << k
	}
	return v
}

func (d *cabacDecoder) residuals(m *decodedMB, e *cabacMB) {
	planes := 1
	if d.chroma444 {
		planes = 3
	}
	for p := range planes {
		d.planeResidual(m, e, p)
	}
	if d.chroma444 {
		return
	}
	intra := m.mb.Type.IsIntra()
	for p := 1; p <= 2 && m.mb.CBP>>4 != 0; p++ {
		e.codedDC[p] = d.readBlock(m.res.DC[p][:4], 3, d.dcInc(p, intra))
	}
	for p := 1; p <= 2 && m.mb.CBP>>4 == 2; p++ {
		for i := range 4 {
			inc := 0
			for k, at := range [][2]int{{i%2 - 1, i / 2}, {i % 2, i/2 - 1}} {
				gx, gy := d.cur%d.width*2+at[0], d.cur/d.width*2+at[1]
				n := d.macroblockAt(gx>>1, gy>>1)
				coded := intra
				if n != nil {
					coded = d.extra[gy/2*d.width+gx/2].coded[p][gy%2*2+gx%2]
				}
				if coded {
					inc |= 1 << k
				}
			}
			e.coded[p][i] = d.readBlock(m.res.Level[p][i][1:], 4, inc)
			m.mb.TotalCoeff[p][i] = nonZero(m.res.Level[p][i][1:])
		}
	}
}

func nonZero(level []int16) (n uint8) {
	for _, l := range level {
		if l != 0 {
			n++
		}
	}
	return n
}

func (d *cabacDecoder) dcInc(p int, intra bool) (inc int) {
	a, b := d.neighbours()
	for k, addr := range [2]int{a, b} {
		if addr < 0 && intra || addr >= 0 && d.extra[addr].codedDC[p] {
			inc |= 1 << k
		}
	}
	return inc
}

func (d *cabacDecoder) planeResidual(m *decodedMB, e *cabacMB, p int) {
	mb := &m.mb
	cat := [3]int{0, 6, 10}[p]
	start := 0
	if mb.Type == macroblock.I16x16 {
		e.codedDC[p] = d.readBlock(m.res.DC[p][:], cat, d.dcInc(p, true))
		start = 1
	}
	inc := func(x, y int) (inc int) {
		for k, at := range [2][2]int{{x - 1, y}, {x, y - 1}} {
			n, ne, i := d.at(at[0], at[1])
			switch {
			case n == nil:
				if mb.Type.IsIntra() {
					inc |= 1 << k
				}
			case mb.Transform8x8 && !n.mb.Transform8x8 && n.mb.Type != macroblock.IPCM:
			case ne.coded[p][i]:
				inc |= 1 << k
			}
		}
		return inc
	}
	for i := 0; i < 16; i++ {
		x, y := scan4x4(i)
		if mb.CBP>>(i/4)&1 == 0 {
			continue
		}
		if !mb.Transform8x8 {
			level := m.res.Level[p][i][start:]
			e.coded[p][4*y+x] = d.readBlock(level, cat+2-start, inc(x, y))
			mb.TotalCoeff[p][4*y+x] = nonZero(level)
			continue
		}
		if i%4 != 0 {
			continue
		}
		cat8, ctx := [3]int{5, 9, 13}[p], -1
		if d.chroma444 {
			ctx = inc(x, y)
		}
		var level [64]int16
		coded := d.readBlock(level[:], cat8, ctx)
		for k, l := range level {
			m.res.Level[p][i+k%4][k/4] = l
		}
		for _, o := range []int{0, 1, 4, 5} {
			at := 4*y + x + o
			e.coded[p][at], mb.TotalCoeff[p][at] = coded, nonZero(level[:])
		}
	}
}

// readBlock is residual_block_cabac; inc is that of coded_block_flag, -1 where
// there is none.
func (d *cabacDecoder) readBlock(level []int16, cat, inc int) bool {
	t := standardCABAC()
	ctx := &t.blocks[cat]
	if inc >= 0 && d.decision(ctx.coded+inc) == 0 {
		return false
	}
	positions := []int{}
	last := len(level) - 1
	ended := false
	for i := 0; i < last && !ended; i++ {
		sig, end := i, i
		if len(level) == 64 {
			sig, end = t.sig8[i], t.last8[i]
		}
		if d.decision(ctx.significant+sig) == 1 {
			positions = append(positions, i)
			ended = d.decision(ctx.last+end) == 1
		}
	}
	if !ended {
		positions = append(positions, last)
	}
	ones, more := 0, 0
	for k := len(positions) - 1; k >= 0; k-- {
		inc := 0
		if more == 0 {
			inc = min(4, 1+ones)
		}
		rest := 5 + min(4, more)
		if cat == 3 {
			rest = 5 + min(3, more)
		}
		v := 0
		for v < 14 && d.decision(ctx.level+inc) == 1 {
			v++
			inc = rest
		}
		if v == 14 {
			v += d.suffix(0)
		}
		if v++; v == 1 {
			ones++
		} else {
			more++
		}
		if d.bypassed() == 1 {
			v = -v
		}
		level[positions[k]] = int16(v)
	}
	return true
}

// sameMB reports in what a macroblock that was read differs from the one that
// was written, "" for nothing. What the coder keeps for contexts isn't read.
func sameMB(got, want macroblock.MB) string {
	want.MVDRight, want.MVDBelow, want.CodedDC = got.MVDRight, got.MVDBelow, got.CodedDC
	if got == want {
		return ""
	}
	return fmt.Sprintf(" got %+v\nwant %+v", got, want)
}

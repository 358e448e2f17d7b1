package entropy

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/g264/g264/h264/internal/macroblock"
)

// A decoder of CAVLC slice data, written from the standard's syntax tables and
// driven by the code words of the CSV files. It shares nothing with the coder
// but the types of package macroblock: prediction of vectors, modes and nC works
// on the picture here, by clause 6.4.

// reader reads bits of an RBSP; reading past its end sets failed.
type reader struct {
	data   []byte
	pos    int
	failed bool
}

func (r *reader) bit() int {
	if r.pos >= 8*len(r.data) {
		r.failed = true
		return 1 // so that no loop waits for a one
	}
	b := r.data[r.pos>>3] >> (7 - r.pos&7) & 1
	r.pos++
	return int(b)
}

func (r *reader) u(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

func (r *reader) ue() int {
	zeros := 0
	for r.bit() == 0 {
		zeros++
	}
	if zeros > 32 {
		r.failed = true
		return 0
	}
	return 1<<zeros - 1 + r.u(zeros)
}

func (r *reader) se() int {
	k := r.ue()
	if k&1 == 1 {
		return (k + 1) / 2
	}
	return -k / 2
}

// moreData is more_rbsp_data(): whether the last one bit is still to come.
func (r *reader) moreData() bool {
	last := 8*len(r.data) - 1
	for last >= 0 && r.data[last>>3]>>(7-last&7)&1 == 0 {
		last--
	}
	return r.pos < last
}

// words maps code words, as strings of 0 and 1, to what they mean.
type words map[string]int

func (r *reader) code(w words) int {
	var word [16]byte
	for n := range word {
		word[n] = '0' + byte(r.bit())
		if v, ok := w[string(word[:n+1])]; ok {
			return v
		}
	}
	r.failed = true
	return 0
}

// codebook holds the standard's tables: coeff_token by range of nC, the others
// by their first column, coded_block_pattern by its column's name.
type codebook struct {
	coeffToken                          map[string]words // 4*TotalCoeff + TrailingOnes
	totalZeros, totalZerosDC, runBefore map[string]words
	cbp                                 map[string][]int // by codeNum
}

var standard = sync.OnceValue(func() codebook {
	return codebook{
		coeffToken: loadWords("cavlc_coeff_token.csv", func(r []string) int {
			return 4*atoi(r[1]) + atoi(r[2])
		}),
		totalZeros:   loadWords("cavlc_total_zeros_4x4.csv", func(r []string) int { return atoi(r[1]) }),
		totalZerosDC: loadWords("cavlc_total_zeros_chroma_dc_420.csv", func(r []string) int { return atoi(r[1]) }),
		runBefore:    loadWords("cavlc_run_before.csv", func(r []string) int { return atoi(r[1]) }),
		cbp:          loadCBP(),
	}
})

func readCSV(name string) [][]string {
	f, err := os.Open(filepath.Join("_gen", name))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic(err)
	}
	return rows
}

func loadWords(name string, value func(r []string) int) map[string]words {
	tables := map[string]words{}
	for _, r := range readCSV(name)[1:] {
		if tables[r[0]] == nil {
			tables[r[0]] = words{}
		}
		tables[r[0]][r[len(r)-1]] = value(r)
	}
	return tables
}

func loadCBP() map[string][]int {
	rows := readCSV("cbp_codeNum.csv")
	columns := map[string][]int{}
	for i, name := range rows[0] {
		columns[name] = make([]int, 48)
		for _, r := range rows[1:] {
			if r[i] != "" {
				columns[name][atoi(r[i])] = atoi(r[0])
			}
		}
	}
	return columns
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// residualBlock is residual_block_cavlc (7.3.5.3.2, 9.2.1 to 9.2.4). It returns
// TotalCoeff and the largest level_prefix.
func (r *reader) residualBlock(coeffLevel []int16, nC int) (totalCoeff, maxPrefix int) {
	tables := standard()
	var class string
	switch {
	case nC == -1:
		class = "nC==-1"
	case nC < 2:
		class = "0<=nC<2"
	case nC < 4:
		class = "2<=nC<4"
	case nC < 8:
		class = "4<=nC<8"
	default:
		class = "8<=nC"
	}
	token := r.code(tables.coeffToken[class])
	totalCoeff, trailingOnes := token>>2, token&3
	if totalCoeff == 0 {
		return 0, 0
	}
	if totalCoeff > len(coeffLevel) {
		r.failed = true
		return 0, 0
	}
	suffixLength := 0
	if totalCoeff > 10 && trailingOnes < 3 {
		suffixLength = 1
	}
	var levelVal [16]int
	for i := range totalCoeff {
		if i < trailingOnes {
			levelVal[i] = 1 - 2*r.u(1)
			continue
		}
		prefix := 0
		for r.bit() == 0 {
			prefix++
		}
		maxPrefix = max(maxPrefix, prefix)
		if prefix > 25 {
			r.failed = true
			return 0, 0
		}
		levelCode := min(15, prefix) << suffixLength
		suffixSize := suffixLength
		switch {
		case prefix == 14 && suffixLength == 0:
			suffixSize = 4
		case prefix >= 15:
			suffixSize = prefix - 3
		}
		levelCode += r.u(suffixSize)
		if prefix >= 15 && suffixLength == 0 {
			levelCode += 15
		}
		if prefix >= 16 {
			levelCode += 1<<(prefix-3) - 4096
		}
		if i == trailingOnes && trailingOnes < 3 {
			levelCode += 2
		}
		if levelCode%2 == 0 {
			levelVal[i] = (levelCode + 2) >> 1
		} else {
			levelVal[i] = (-levelCode - 1) >> 1
		}
		if suffixLength == 0 {
			suffixLength = 1
		}
		if max(levelVal[i], -levelVal[i]) > 3<<(suffixLength-1) && suffixLength < 6 {
			suffixLength++
		}
	}
	zerosLeft := 0
	if totalCoeff < len(coeffLevel) {
		table := tables.totalZeros
		if nC == -1 {
			table = tables.totalZerosDC
		}
		zerosLeft = r.code(table[strconv.Itoa(totalCoeff)])
	}
	var runVal [16]int
	for i := range totalCoeff - 1 {
		if zerosLeft > 0 {
			runVal[i] = r.code(tables.runBefore[strconv.Itoa(min(zerosLeft, 7))])
		}
		zerosLeft -= runVal[i]
	}
	runVal[totalCoeff-1] = zerosLeft
	coeffNum := -1
	for i := totalCoeff - 1; i >= 0; i-- {
		coeffNum += runVal[i] + 1
		if coeffNum < 0 || coeffNum >= len(coeffLevel) {
			r.failed = true
			return 0, 0
		}
		coeffLevel[coeffNum] = int16(levelVal[i])
	}
	return totalCoeff, maxPrefix
}

// decodedMB is a macroblock as the decoder reads it.
type decodedMB struct {
	mb   macroblock.MB
	res  macroblock.Residual
	bits int // read for it, but for those of mb_skip_run
}

// decoder holds a picture and the state of the slice being read.
type decoder struct {
	reader
	width, height int // in macroblocks
	chroma444     bool
	mbs           []decodedMB

	first, cur int // addresses of the slice's first macroblock and of the current one
	header     Slice
	qp         int
	moved      [16]bool // 4x4 blocks of the current macroblock whose vectors are known
}

// macroblockAt returns the macroblock at the given column and row if it is
// available (6.4.8) to the current one.
func (d *decoder) macroblockAt(column, row int) *decodedMB {
	addr := row*d.width + column
	if column < 0 || column >= d.width || row < 0 || addr < d.first || addr > d.cur {
		return nil
	}
	return &d.mbs[addr]
}

// slice reads slice_data (7.3.4) and rbsp_slice_trailing_bits.
func (d *decoder) slice(first int, header *Slice) error {
	d.first, d.cur, d.header, d.qp = first, first, *header, header.QP
	more := true
	for more {
		if header.P {
			run := d.ue()
			for range run {
				if d.cur >= len(d.mbs) {
					return errors.New("mb_skip_run leaves the picture")
				}
				d.skip()
				d.cur++
			}
			if run > 0 {
				more = d.moreData()
			}
		}
		if more {
			if d.cur >= len(d.mbs) {
				return errors.New("more macroblocks than the picture has")
			}
			begin := d.pos
			if err := d.macroblockLayer(); err != nil {
				return fmt.Errorf("macroblock %d: %w", d.cur, err)
			}
			d.mbs[d.cur].bits = d.pos - begin
			if d.failed {
				return fmt.Errorf("macroblock %d, bit %d: not decodable", d.cur, d.pos)
			}
			d.cur++
			more = d.moreData()
		}
	}
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

// skip infers a P_Skip macroblock (8.4.1.1).
func (d *decoder) skip() {
	m := &d.mbs[d.cur]
	*m = decodedMB{mb: macroblock.MB{Type: macroblock.PSkip, QP: int8(d.qp)}}
	d.moved = [16]bool{}
	a, b := d.motion(-1, 0), d.motion(0, -1)
	var mv macroblock.MV
	zero := func(n neighbourMotion) bool { return n.ref == 0 && n.mv == macroblock.MV{} }
	if a.available && b.available && !zero(a) && !zero(b) {
		mv = d.predict(0, 0, 4, 4, 0, false)
	}
	for i := range m.mb.MV {
		m.mb.MV[i] = mv
	}
}

func (d *decoder) macroblockLayer() error {
	m := &d.mbs[d.cur]
	*m = decodedMB{}
	d.moved = [16]bool{}
	mb := &m.mb
	mbType := d.ue()
	intraType := mbType
	if d.header.P {
		intraType -= 5
	}
	for i := range mb.Ref {
		mb.Ref[i] = -1
	}
	switch {
	case intraType < 0 && mbType == 4:
		return errors.New("mb_type P_8x8ref0")
	case intraType < 0:
		mb.Type = [4]macroblock.Type{macroblock.P16x16, macroblock.P16x8, macroblock.P8x16, macroblock.P8x8}[mbType]
		if err := d.interPrediction(mb); err != nil {
			return err
		}
	case intraType == 0:
		mb.Type = macroblock.I4x4
		if d.header.Transform8x8 {
			mb.Transform8x8 = d.u(1) == 1
		}
		d.intraModes(mb)
	case intraType < 25:
		mb.Type = macroblock.I16x16
		mb.I16Mode = uint8((intraType - 1) % 4)
		mb.CBP = uint8((intraType-1)/4%3) << 4
		if intraType >= 13 {
			mb.CBP |= 15
		}
	case intraType == 25:
		d.pcm(m)
		return nil
	default:
		return fmt.Errorf("mb_type %d", mbType)
	}
	if intraType >= 0 && !d.chroma444 {
		mode := d.ue()
		if mode > 3 {
			return fmt.Errorf("intra_chroma_pred_mode %d", mode)
		}
		mb.ChromaMode = uint8(mode)
	}
	if mb.Type != macroblock.I16x16 {
		column := "inter_"
		if intraType >= 0 {
			column = "intra_"
		}
		limit := 48
		if d.chroma444 {
			column += "mono_444"
			limit = 16
		} else {
			column += "chroma420_422"
		}
		codeNum := d.ue()
		if codeNum >= limit {
			return fmt.Errorf("coded_block_pattern codeNum %d", codeNum)
		}
		mb.CBP = uint8(standard().cbp[column][codeNum])
		whole := mb.Type != macroblock.P8x8 || mb.Sub == [4]macroblock.SubType{}
		if d.header.Transform8x8 && mb.CBP&15 != 0 && intraType < 0 && whole {
			mb.Transform8x8 = d.u(1) == 1
		}
	}
	if mb.CBP > 0 || mb.Type == macroblock.I16x16 {
		delta := d.se()
		if delta < -26 || delta > 25 {
			return fmt.Errorf("mb_qp_delta %d", delta)
		}
		d.qp = (d.qp + delta + 52) % 52
		d.residual(m)
	}
	mb.QP = int8(d.qp)
	return nil
}

func (d *decoder) pcm(m *decodedMB) {
	for d.pos%8 != 0 {
		if d.bit() != 0 {
			d.failed = true // pcm_alignment_zero_bit
		}
	}
	m.mb.Type = macroblock.IPCM
	m.mb.QP = int8(d.qp)
	for p := range m.res.Level {
		size := 256
		if p > 0 && !d.chroma444 {
			size = 64
		}
		for i := range size {
			*m.res.PCM(p, i) = int16(d.u(8))
		}
		for i := range size / 16 {
			m.mb.TotalCoeff[p][i] = 16
		}
	}
}

// scan4x4 gives the column and row of 4x4 block i (6.4.3).
func scan4x4(i int) (x, y int) { return i>>2&1*2 + i&1, i>>3*2 + i>>1&1 }

// predictMode is predIntra4x4PredMode, or that of an 8x8 block, at (x, y).
func (d *decoder) predictMode(mb *macroblock.MB, x, y int) int {
	mode := func(x, y int) (mode int, available bool) {
		if x >= 0 && y >= 0 {
			return int(mb.I4Modes[4*y+x]), true
		}
		column, row := d.cur%d.width, d.cur/d.width
		if x < 0 {
			column--
		} else {
			row--
		}
		n := d.macroblockAt(column, row)
		if n == nil {
			return 0, false
		}
		if n.mb.Type != macroblock.I4x4 {
			return 2, true
		}
		return int(n.mb.I4Modes[(y+4)%4*4+(x+4)%4]), true
	}
	a, availableA := mode(x-1, y)
	b, availableB := mode(x, y-1)
	if !availableA || !availableB {
		return 2
	}
	return min(a, b)
}

func (d *decoder) intraModes(mb *macroblock.MB) {
	size := 1
	if mb.Transform8x8 {
		size = 2
	}
	for i := 0; i < 16; i += size * size {
		x, y := scan4x4(i)
		pred := d.predictMode(mb, x, y)
		if d.u(1) == 0 {
			rem := d.u(3)
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

func (d *decoder) refIdx() int8 {
	switch d.header.NumRefIdx {
	case 1:
		return 0
	case 2:
		return int8(1 - d.u(1))
	}
	return int8(d.ue())
}

// interPrediction is mb_pred and sub_mb_pred of inter macroblocks.
func (d *decoder) interPrediction(mb *macroblock.MB) error {
	type part struct{ x, y, w, h int }
	var parts []part
	switch mb.Type {
	case macroblock.P16x16:
		parts = []part{{0, 0, 4, 4}}
	case macroblock.P16x8:
		parts = []part{{0, 0, 4, 2}, {0, 2, 4, 2}}
	case macroblock.P8x16:
		parts = []part{{0, 0, 2, 4}, {2, 0, 2, 4}}
	case macroblock.P8x8:
		for q := range mb.Sub {
			sub := d.ue()
			if sub > 3 {
				return fmt.Errorf("sub_mb_type %d", sub)
			}
			mb.Sub[q] = macroblock.SubType(sub)
			parts = append(parts, part{q & 1 * 2, q >> 1 * 2, 2, 2})
		}
	}
	for _, p := range parts {
		ref := d.refIdx()
		if int(ref) < 0 || int(ref) >= d.header.NumRefIdx {
			return fmt.Errorf("ref_idx_l0 %d of %d", ref, d.header.NumRefIdx)
		}
		for y := p.y; y < p.y+p.h; y++ {
			for x := p.x; x < p.x+p.w; x++ {
				mb.Ref[y/2*2+x/2] = ref
			}
		}
	}
	for q, p := range parts {
		w, h := p.w, p.h
		if mb.Type == macroblock.P8x8 {
			w = [4]int{2, 2, 1, 1}[mb.Sub[q]]
			h = [4]int{2, 1, 2, 1}[mb.Sub[q]]
		}
		for y := p.y; y < p.y+p.h; y += h {
			for x := p.x; x < p.x+p.w; x += w {
				mv := d.predict(x, y, w, h, mb.Ref[y/2*2+x/2], mb.Type == macroblock.P16x8 || mb.Type == macroblock.P8x16)
				mv.X += int16(d.se())
				mv.Y += int16(d.se())
				for by := y; by < y+h; by++ {
					for bx := x; bx < x+w; bx++ {
						mb.MV[4*by+bx] = mv
						d.moved[4*by+bx] = true
					}
				}
			}
		}
	}
	return nil
}

type neighbourMotion struct {
	available bool
	ref       int8
	mv        macroblock.MV
}

// motion is the motion of the 4x4 block at (x, y) relative to the current
// macroblock (8.4.1.3.2).
func (d *decoder) motion(x, y int) neighbourMotion {
	gx, gy := d.cur%d.width*4+x, d.cur/d.width*4+y
	if gx < 0 || gy < 0 {
		return neighbourMotion{ref: -1}
	}
	m := d.macroblockAt(gx/4, gy/4)
	i := gy%4*4 + gx%4
	if m == nil || m == &d.mbs[d.cur] && !d.moved[i] {
		return neighbourMotion{ref: -1}
	}
	return neighbourMotion{true, m.mb.Ref[gy%4/2*2+gx%4/2], m.mb.MV[i]}
}

// predict is the vector prediction of 8.4.1.3, directional for the halves of a
// macroblock.
func (d *decoder) predict(x, y, w, h int, ref int8, halves bool) macroblock.MV {
	a, b, c := d.motion(x-1, y), d.motion(x, y-1), d.motion(x+w, y-1)
	if !c.available {
		c = d.motion(x-1, y-1)
	}
	if halves {
		switch {
		case w == 4 && y == 0 && b.ref == ref:
			return b.mv
		case w == 4 && y == 2 && a.ref == ref:
			return a.mv
		case h == 4 && x == 0 && a.ref == ref:
			return a.mv
		case h == 4 && x == 2 && c.ref == ref:
			return c.mv
		}
	}
	if !b.available && !c.available && a.available {
		b, c = a, a
	}
	var same []macroblock.MV
	for _, n := range []neighbourMotion{a, b, c} {
		if n.ref == ref {
			same = append(same, n.mv)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	middle := func(a, b, c int16) int16 { return a + b + c - min(a, b, c) - max(a, b, c) }
	return macroblock.MV{X: middle(a.mv.X, b.mv.X, c.mv.X), Y: middle(a.mv.Y, b.mv.Y, c.mv.Y)}
}

// residual is residual (7.3.5.3).
func (d *decoder) residual(m *decodedMB) {
	d.residualLuma(m, 0)
	if d.chroma444 {
		d.residualLuma(m, 1)
		d.residualLuma(m, 2)
		return
	}
	for p := 1; p <= 2; p++ {
		if m.mb.CBP>>4&3 != 0 {
			d.residualBlock(m.res.DC[p][:4], -1)
		}
	}
	for p := 1; p <= 2; p++ {
		if m.mb.CBP>>4&2 == 0 {
			break
		}
		for i := range 4 {
			total, _ := d.residualBlock(m.res.Level[p][i][1:], d.nC(p, i%2, i/2, 2))
			m.mb.TotalCoeff[p][i] = uint8(total)
		}
	}
}

func (d *decoder) residualLuma(m *decodedMB, p int) {
	start := 0
	if m.mb.Type == macroblock.I16x16 {
		d.residualBlock(m.res.DC[p][:], d.nC(p, 0, 0, 4))
		start = 1
	}
	for i := range 16 {
		if m.mb.CBP>>(i/4)&1 == 0 {
			continue
		}
		x, y := scan4x4(i)
		total, _ := d.residualBlock(m.res.Level[p][i][start:], d.nC(p, x, y, 4))
		m.mb.TotalCoeff[p][4*y+x] = uint8(total)
	}
}

// nC is clause 9.2.1 for the block at (x, y) of a plane with size blocks per
// macroblock row and column.
func (d *decoder) nC(p, x, y, size int) int {
	total := func(x, y int) (int, bool) {
		gx, gy := d.cur%d.width*size+x, d.cur/d.width*size+y
		if gx < 0 || gy < 0 {
			return 0, false
		}
		m := d.macroblockAt(gx/size, gy/size)
		if m == nil {
			return 0, false
		}
		return int(m.mb.TotalCoeff[p][gy%size*size+gx%size]), true
	}
	nA, availableA := total(x-1, y)
	nB, availableB := total(x, y-1)
	if availableA && availableB {
		return (nA + nB + 1) >> 1
	}
	return nA + nB
}

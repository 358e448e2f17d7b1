package macroblock

// MaxMVD bounds what is kept of the magnitude of mvd: contexts tell sums above
// 32 from those of 3 to 32 and those below (clause 9.3.3.1.1.7).
const MaxMVD = 33

// SetContexts derives what CABAC reads of the macroblock as a neighbour from
// what was decided; chroma444 tells which planes may have Intra 16x16 DC levels.
func (mb *MB) SetContexts(n *Neighbours, r *Residual, chroma444 bool) {
	mb.MVDRight, mb.MVDBelow, mb.CodedDC = [4][2]uint8{}, [4][2]uint8{}, 0
	switch mb.Type {
	case PSkip:
	case IPCM:
		mb.CodedDC = 7
	case P16x16, P16x8, P8x16:
		for _, p := range Partitions[mb.Type] {
			mb.setMVD(n, p)
		}
		mb.setCodedDC(r, chroma444)
	case P8x8:
		for q, sub := range mb.Sub {
			for _, p := range SubPartitions[sub] {
				mb.setMVD(n, p.Within(q))
			}
		}
		mb.setCodedDC(r, chroma444)
	default:
		mb.setCodedDC(r, chroma444)
	}
}

func (mb *MB) setMVD(n *Neighbours, p Partition) {
	if p.X+p.W < 4 && p.Y+p.H < 4 {
		return
	}
	mv := mb.MV[(p.Y*4+p.X)&15]
	pred := mb.PredictMV(n, p, mb.Ref[(p.Y>>1*2+p.X>>1)&3])
	mvd := [2]uint8{magnitude(mv.X, pred.X), magnitude(mv.Y, pred.Y)}
	if p.X+p.W == 4 {
		for y := p.Y; y < p.Y+p.H; y++ {
			mb.MVDRight[y&3] = mvd
		}
	}
	if p.Y+p.H == 4 {
		for x := p.X; x < p.X+p.W; x++ {
			mb.MVDBelow[x&3] = mvd
		}
	}
}

func magnitude(v, pred int16) uint8 {
	d := int32(v) - int32(pred)
	return uint8(min(max(d, -d), MaxMVD))
}

func (mb *MB) setCodedDC(r *Residual, chroma444 bool) {
	if mb.Type == I16x16 {
		for p := range r.DC {
			if (p == 0 || chroma444) && r.DC[p] != [16]int16{} {
				mb.CodedDC |= 1 << p
			}
		}
	}
	if mb.CBP>>4 == 0 {
		return
	}
	for p := 1; p <= 2; p++ {
		if [4]int16(r.DC[p][:4]) != [4]int16{} {
			mb.CodedDC |= 1 << p
		}
	}
}

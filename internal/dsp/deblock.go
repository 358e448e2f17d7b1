package dsp

// The edge filters of clause 8.7.2 work on samples p[off+k*ystride+i*xstride]: xstride is the step across the edge (q_i
// at i >= 0, p_i at -1-i), ystride the step along it. alpha and beta are the thresholds of table 8-16.

func abs(v int) int { return max(v, -v) }

// DeblockLuma filters an edge of 16 luma samples with boundary strength 1 to 3 (clause 8.7.2.3). tc0 holds tC0 for each
// four samples; those of a negative tc0 are left alone (boundary strength 0).
func DeblockLuma(p []uint8, off, xstride, ystride int, alpha, beta int, tc0 *[4]int8) {
	for k := range 16 {
		tc := int(tc0[k>>2])
		if tc < 0 {
			continue
		}
		i := off + k*ystride
		p2, p1, p0 := int(p[i-3*xstride]), int(p[i-2*xstride]), int(p[i-xstride])
		q0, q1, q2 := int(p[i]), int(p[i+xstride]), int(p[i+2*xstride])
		if abs(p0-q0) >= alpha || abs(p1-p0) >= beta || abs(q1-q0) >= beta {
			continue
		}
		t := tc
		if abs(p2-p0) < beta {
			p[i-2*xstride] = uint8(p1 + min(max((p2+(p0+q0+1)>>1-2*p1)>>1, -tc), tc))
			t++
		}
		if abs(q2-q0) < beta {
			p[i+xstride] = uint8(q1 + min(max((q2+(p0+q0+1)>>1-2*q1)>>1, -tc), tc))
			t++
		}
		d := min(max(((q0-p0)*4+p1-q1+4)>>3, -t), t)
		p[i-xstride] = clip8(p0 + d)
		p[i] = clip8(q0 - d)
	}
}

// DeblockLumaStrong filters an edge of 16 luma samples with boundary strength 4 (clause 8.7.2.4).
func DeblockLumaStrong(p []uint8, off, xstride, ystride int, alpha, beta int) {
	for k := range 16 {
		i := off + k*ystride
		p2, p1, p0 := int(p[i-3*xstride]), int(p[i-2*xstride]), int(p[i-xstride])
		q0, q1, q2 := int(p[i]), int(p[i+xstride]), int(p[i+2*xstride])
		if abs(p0-q0) >= alpha || abs(p1-p0) >= beta || abs(q1-q0) >= beta {
			continue
		}
		small := abs(p0-q0) < alpha>>2+2
		if small && abs(p2-p0) < beta {
			p3 := int(p[i-4*xstride])
			p[i-xstride] = uint8((p2 + 2*p1 + 2*p0 + 2*q0 + q1 + 4) >> 3)
			p[i-2*xstride] = uint8((p2 + p1 + p0 + q0 + 2) >> 2)
			p[i-3*xstride] = uint8((2*p3 + 3*p2 + p1 + p0 + q0 + 4) >> 3)
		} else {
			p[i-xstride] = uint8((2*p1 + p0 + q1 + 2) >> 2)
		}
		if small && abs(q2-q0) < beta {
			q3 := int(p[i+3*xstride])
			p[i] = uint8((p1 + 2*p0 + 2*q0 + 2*q1 + q2 + 4) >> 3)
			p[i+xstride] = uint8((p0 + q0 + q1 + q2 + 2) >> 2)
			p[i+2*xstride] = uint8((2*q3 + 3*q2 + q1 + q0 + p0 + 4) >> 3)
		} else {
			p[i] = uint8((2*q1 + q0 + p1 + 2) >> 2)
		}
	}
}

// DeblockChroma filters an edge of 8 samples of one chroma component of 4:2:0 with boundary strength 1 to 3. tc0 holds
// tC0 for each two samples; those of a negative tc0 are left alone.
func DeblockChroma(p []uint8, off, xstride, ystride int, alpha, beta int, tc0 *[4]int8) {
	for k := range 8 {
		tc := int(tc0[k>>1])
		if tc < 0 {
			continue
		}
		i := off + k*ystride
		p1, p0, q0, q1 := int(p[i-2*xstride]), int(p[i-xstride]), int(p[i]), int(p[i+xstride])
		if abs(p0-q0) >= alpha || abs(p1-p0) >= beta || abs(q1-q0) >= beta {
			continue
		}
		d := min(max(((q0-p0)*4+p1-q1+4)>>3, -tc-1), tc+1)
		p[i-xstride] = clip8(p0 + d)
		p[i] = clip8(q0 - d)
	}
}

// DeblockChromaStrong filters an edge of 8 samples of one chroma component of 4:2:0 with boundary strength 4.
func DeblockChromaStrong(p []uint8, off, xstride, ystride int, alpha, beta int) {
	for k := range 8 {
		i := off + k*ystride
		p1, p0, q0, q1 := int(p[i-2*xstride]), int(p[i-xstride]), int(p[i]), int(p[i+xstride])
		if abs(p0-q0) >= alpha || abs(p1-p0) >= beta || abs(q1-q0) >= beta {
			continue
		}
		p[i-xstride] = uint8((2*p1 + p0 + q1 + 2) >> 2)
		p[i] = uint8((2*q1 + q0 + p1 + 2) >> 2)
	}
}

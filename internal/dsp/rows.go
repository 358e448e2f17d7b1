package dsp

// SADRow puts into out the SADs of blocks of 8x8 samples that lie beside each other, as many as out has room for.
func SADRow(out []uint32, a []uint8, aStride int, r []uint8, rStride int) {
	if n := 8 * len(out); useAVX2 && n >= 32 {
		sadRowAVX2(&out[0], window(a, aStride, n, 8), aStride, window(r, rStride, n, 8), rStride, n)
		return
	}
	for i := range out {
		out[i] = uint32(SAD(B8x8, a[8*i:], aStride, r[8*i:], rStride))
	}
}

// VarianceRow puts into sums and squares what VarianceSums returns for blocks of 8 columns and h rows that lie beside
// each other, as many as both have room for.
func VarianceRow(sums, squares []uint32, a []uint8, stride, h int) {
	if h&3 != 0 {
		panic("dsp: the variance of blocks of another height than a multiple of 4")
	}
	squares = squares[:len(sums)]
	if n := 8 * len(sums); useAVX2 && n >= 32 {
		varianceRowAVX2(&sums[0], &squares[0], window(a, stride, n, h), stride, n, h)
		return
	}
	for i := range sums {
		sums[i], squares[i] = VarianceSums(a[8*i:], stride, 8, h)
	}
}

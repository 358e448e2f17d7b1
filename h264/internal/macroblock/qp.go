package macroblock

// chromaQP is table 8-15, QP_C by qP_I.
var chromaQP = [52]uint8{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
	29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39,
}

// ChromaQP returns QP_C of a macroblock with luma quantiser qp.
func ChromaQP(qp, chromaQPIndexOffset int) int {
	return int(chromaQP[min(max(qp+chromaQPIndexOffset, 0), 51)])
}

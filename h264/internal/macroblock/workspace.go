package macroblock

// Workspace geometry. Source blocks have SrcStride; reconstructions carry the
// unfiltered neighbours that intra prediction reads: one row above, with 8
// samples more to the right, and one column to the left.
const (
	SrcStride = 16
	RecStride = 32
	RecOrigin = RecStride + 16
	RecSize   = RecOrigin + 15*RecStride + 16
)

// Src holds a macroblock's source samples: a plane each of 16x16 (luma and
// 4:4:4 chroma) or 8x8 (4:2:0 chroma).
type Src [3][16 * SrcStride]uint8

// Rec is the reconstruction of one plane of a macroblock in progress. Sample
// (x, y) is at RecOrigin+y*RecStride+x; x or y may be -1. The samples above
// right run on into the unused start of the next row.
type Rec [RecSize]uint8

// RecAt is the index of sample (x, y) in a Rec.
func RecAt(x, y int) int { return RecOrigin + y*RecStride + x }

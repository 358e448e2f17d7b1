package deblock

// The tables, for comparison with the standard's.
var (
	Alpha = &alpha
	Beta  = &beta
	TC0   = &tc0
)

package picture

// Version names the samples of a macroblock: two pictures of a kind (sources, or
// reconstructions) of one encoder where a macroblock has the same version have the same
// samples there, all planes included. Most macroblocks of screens keep theirs, and
// memory that holds them needs no copy. 0 is none.
//
// A picture gives its own version, a number that counts up, to the macroblocks that it
// changes. After 2^32 pictures, two years at 60 a second, numbers come again.
type Version uint32

// Is reports whether both versions name the same samples.
func (v Version) Is(other Version) bool { return v == other && v != 0 }

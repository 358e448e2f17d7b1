package picture

import "github.com/g264/g264/internal/dsp"

// Version names the samples of a macroblock: two pictures of a kind (sources, or
// reconstructions) of one encoder where a macroblock has the same version have the same
// samples there, all planes included. Most macroblocks of screens keep theirs, and
// memory that holds them needs no copy. 0 is none.
//
// A picture gives its own version, a number that counts up, to the macroblocks that it
// changes. After 2^32 pictures, two years at 60 a second, numbers come again.
type Version uint32

// Differing returns which of up to 128 macroblocks don't have the same version in a and b.
// Where one that begins a part of 16 has a version, all of the part have.
func Differing(a, b []Version) (flags dsp.Flags) {
	const part = 16
	b = b[:len(a)]
	for i := 0; i < len(a); i += part {
		if i+part <= len(a) && a[i] != 0 && [part]Version(a[i:]) == [part]Version(b[i:]) {
			continue
		}
		end, differ := min(i+part, len(a)), uint64(0)
		own := a[i:end]
		others := b[i:end][:len(own)]
		for k, v := range own {
			// One if the versions differ, and one if the first is none.
			other, none := (uint64(v^others[k])+1<<32-1)>>32, (uint64(v)-1)>>63
			differ |= (other | none) << (k & 63)
		}
		flags[i>>6&1] |= differ << (i & 63)
	}
	return flags
}

// Is reports whether both versions name the same samples.
func (v Version) Is(other Version) bool { return v == other && v != 0 }

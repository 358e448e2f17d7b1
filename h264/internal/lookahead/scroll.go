package lookahead

import (
	"encoding/binary"
	"slices"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
)

// Scroll finds pages that scroll, by any distance, from picture to picture: where
// rows of samples, in strips of the picture's width, stand elsewhere than before,
// exactly as they were. It serves the pictures of a video in order.
type Scroll struct {
	rows, before []uint64 // of each strip its rows from the top, as hashes; 0 is one colour
	places       []place  // of rows before, by hash
	votes        []int32  // by distance, which may be negative
}

// place is where rows of a hash stood, more than one if y is negative.
type place struct {
	hash uint64
	y    int32
}

const (
	stripWidth = 64 // samples
	// leastRows is how many rows must have moved alike: lines of text have about as many.
	leastRows = 10
)

// ScrollBytes bounds the memory of a Scroll by the picture's size in samples.
func ScrollBytes(width, height int64) int64 {
	return 2*8*(width/stripWidth+1)*height + 72*height
}

// Find sets p.Scroll to how far most of what moves has moved vertically since the
// picture before, zero if nothing is clear.
func (s *Scroll) Find(p *Picture) {
	p.Scroll = macroblock.MV{}
	luma := &p.Planes[0]
	strips := max(luma.W/stripWidth, 1)
	if s.rows == nil {
		s.rows, s.before = make([]uint64, strips*luma.H), make([]uint64, strips*luma.H)
		size := 2
		for size < 2*luma.H {
			size *= 2
		}
		s.places, s.votes = make([]place, size), make([]int32, 2*luma.H)
	}
	s.rows, s.before = s.before, s.rows
	clear(s.votes)
	moved := int32(0)
	for k := range strips {
		s.hash(luma, k, strips)
		moved += s.vote(k, luma.H)
	}
	best, most := 0, int32(0)
	for d := 1; d < luma.H; d++ {
		for _, dy := range [2]int{d, -d} {
			if v := s.votes[luma.H+dy]; v > most {
				best, most = dy, v
			}
		}
	}
	if most >= leastRows && most*4 >= moved {
		p.Scroll.Y = int16(4 * best)
	}
}

// hash hashes the rows of a strip. Those of one colour are zero.
func (s *Scroll) hash(luma *picture.Plane, strip, strips int) {
	x0, x1 := luma.W*strip/strips&^7, luma.W*(strip+1)/strips&^7
	for y := range luma.H {
		row := luma.At(x0, y)[:x1-x0]
		first := binary.LittleEndian.Uint64(row)
		same := first ^ (first<<8 | first>>56)
		hash := uint64(0)
		for ; len(row) >= 8; row = row[8:] {
			word := binary.LittleEndian.Uint64(row)
			same |= word ^ first
			hash = (hash ^ word) * 0x9E3779B97F4A7C15
			hash ^= hash >> 29
		}
		if same == 0 {
			hash = 0
		}
		s.rows[strip*luma.H+y] = hash
	}
}

// vote counts by distance the rows of a strip that stood once before, elsewhere, and
// returns how many rows are not what they were.
func (s *Scroll) vote(strip, height int) (moved int32) {
	rows, before := s.rows[strip*height:][:height], s.before[strip*height:][:height]
	if slices.Equal(rows, before) {
		return 0
	}
	clear(s.places)
	for y, hash := range before {
		if hash == 0 {
			continue
		}
		at := s.find(hash)
		if at.hash == 0 {
			*at = place{hash, int32(y)}
		} else {
			at.y = -1
		}
	}
	for y, hash := range rows {
		if hash == 0 || hash == before[y] {
			continue
		}
		moved++
		if at := s.find(hash); at.hash != 0 && at.y >= 0 {
			s.votes[height+int(at.y)-y]++
		}
	}
	return moved
}

// find returns the place of a hash, or the empty one where it belongs.
func (s *Scroll) find(hash uint64) *place {
	mask := uint64(len(s.places) - 1)
	for i := hash >> 32 & mask; ; i = (i + 1) & mask {
		if at := &s.places[i]; at.hash == hash || at.hash == 0 {
			return at
		}
	}
}

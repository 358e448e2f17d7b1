package h264

import (
	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
)

// reference is a reconstructed picture that others may refer to. It is in the
// pool of spare ones again when all that hold it have released it.
type reference struct {
	*picture.Reconstruction
	light    lookahead.Light  // of the source, if pictures are weighted
	sketch   lookahead.Sketch // of the source, if there are several references
	finished int              // rows ready for reference; the pool guards it
	holds    int
}

// references is the decoded picture buffer, and the pictures around it.
type references struct {
	list  []*reference // latest first
	most  int
	spare []*reference
}

// newReferences makes a buffer of the most recent pictures, and beyond them as many as
// the stock may hold, of what there is in it first.
func newReferences(s *stock, most int) *references {
	r := &references{most: most}
	if n := s.mostReconstructions - len(s.reconstructions); n > 0 {
		s.reconstructions = append(s.reconstructions, picture.NewReconstructions(n, s.mbW, s.mbH, s.chroma44, s.halfPlanes)...)
	}
	for _, rec := range s.reconstructions {
		r.spare = append(r.spare, &reference{Reconstruction: rec})
	}
	return r
}

// take lends a picture to be reconstructed, held once. There must be one.
func (r *references) take() *reference {
	last := len(r.spare) - 1
	rec := r.spare[last]
	r.spare = r.spare[:last]
	rec.finished, rec.holds = 0, 1
	return rec
}

// appendList appends list 0 to dst, every picture held once more.
func (r *references) appendList(dst []*reference) []*reference {
	for _, rec := range r.list {
		rec.holds++
	}
	return append(dst, r.list...)
}

// release takes one hold from a picture.
func (r *references) release(rec *reference) {
	if rec.holds--; rec.holds == 0 {
		r.spare = append(r.spare, rec)
	}
}

// clear empties the buffer, as an IDR picture does.
func (r *references) clear() {
	for _, rec := range r.list {
		r.release(rec)
	}
	r.list = r.list[:0]
}

// favour moves reference k of list 0 to its begin (clause 8.2.4.3): P_Skip and
// the shortest codes are its.
func favour(list []*reference, k int) {
	favourite := list[k]
	copy(list[1:k+1], list)
	list[0] = favourite
}

// push makes a picture the first of the list; the sliding window drops the
// oldest.
func (r *references) push(rec *reference) {
	if len(r.list) == r.most {
		r.release(r.list[r.most-1])
		r.list = r.list[:r.most-1]
	}
	rec.holds++
	r.list = append(r.list, nil)
	copy(r.list[1:], r.list)
	r.list[0] = rec
}

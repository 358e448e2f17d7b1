package entropy

import (
	"errors"

	"github.com/g264/g264/h264/internal/macroblock"
)

// RBSP reads bits for the tests of whole streams.
type RBSP struct{ reader }

func NewRBSP(data []byte) *RBSP { return &RBSP{reader{data: data}} }

func (r *RBSP) U(n int) int  { return r.u(n) }
func (r *RBSP) UE() int      { return r.ue() }
func (r *RBSP) SE() int      { return r.se() }
func (r *RBSP) Failed() bool { return r.failed }

// ReadMB is a macroblock of a slice and the bits that it takes there.
type ReadMB struct {
	macroblock.MB
	Bits int
}

// Macroblocks reads the slice_data of a picture in one slice.
func (r *RBSP) Macroblocks(width, height int, chroma444, cabac bool, header *Slice) ([]ReadMB, error) {
	d := decoder{reader: r.reader, width: width, height: height, chroma444: chroma444, mbs: make([]decodedMB, width*height)}
	var err error
	last := &d.cur
	if cabac {
		c := newCABACDecoder(d)
		err, last = c.slice(0, header), &c.cur
	} else {
		err = d.slice(0, header)
	}
	if err == nil && *last != len(d.mbs) {
		err = errors.New("fewer macroblocks than the picture has")
	}
	list := make([]ReadMB, len(d.mbs))
	for i := range d.mbs {
		list[i] = ReadMB{d.mbs[i].mb, d.mbs[i].bits}
	}
	return list, err
}

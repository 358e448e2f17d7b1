package h264

import (
	"github.com/g264/g264/h264/internal/syntax"
)

// begin starts the coding of a picture.
func (e *Encoder) begin(j *job) { e.pool.start(e.prepare(j)) }

// prepare makes a picture ready for coding.
func (e *Encoder) prepare(j *job) *coding {
	last := len(e.codings) - 1
	c := e.codings[last]
	e.codings = e.codings[:last]
	c.job, c.header = *j, e.sliceHeader(j)
	c.rec, c.refs, c.unit = e.references.take(), c.refs[:0], e.buffer()
	if j.kind == pictureP {
		c.refs = e.references.appendList(c.refs)
	}
	if e.references.most > 1 {
		c.order()
	}
	c.rec.light = j.Light
	c.lights = c.lights[:0]
	for _, r := range c.refs {
		c.lights = append(c.lights, r.light)
	}
	c.weighted = j.Weigh(&c.weights, c.lights)
	c.header.Weights = c.weights
	e.references.push(c.rec)
	e.beginCoding(c)
	return c
}

// collect waits for the oldest picture and appends its access unit to e.units.
func (e *Encoder) collect() error {
	c := e.pool.finish()
	if c == nil {
		e.Close()
		return ErrClosed
	}
	au := e.hand(c)
	qp := e.rate.Again(au.bits(), c.fineQP)
	if qp == 0 {
		qp = e.leash.keep(au.bits(), c.fineQP)
	}
	if qp != 0 {
		e.again(c, qp)
		return e.collect()
	}
	e.rate.Coded(au.bits(), c.fineQP)
	e.headed = true
	e.timing.removed(au.bits(), au.Key)
	e.units = append(e.units, au)
	e.sources.release(c.Picture)
	e.references.release(c.rec)
	for _, r := range c.refs {
		e.references.release(r)
	}
	e.codings = append(e.codings, c)
	return nil
}

// again starts the coding of a picture anew, with another QP, and of those behind
// it that have begun.
func (e *Encoder) again(c *coding, qp int) {
	last := len(e.given) - 1
	c.unit, e.given = e.given[last], e.given[:last]
	c.setQP(qp)
	c.header.QP = c.sliceQP
	e.pool.rewind(c, func(c *coding) {
		c.rec.finished = 0
		c.rec.Unfinish()
		e.beginCoding(c)
	})
}

// beginCoding makes a picture ready for the first row, with a version that none has had.
func (e *Encoder) beginCoding(c *coding) {
	e.version++
	c.rec.Version = e.version
	c.begin(&e.sps, &e.pps)
}

// sliceHeader makes the header of the next picture and moves the sequence on.
func (e *Encoder) sliceHeader(j *job) syntax.SliceHeader {
	if j.kind == pictureIDR {
		e.references.clear()
		e.frameNum = 0
		e.idrPicID = e.idrPicID%2 + 1 // 1 and 2: codes of equal length, so that joined streams can be changed in place
	}
	h := syntax.SliceHeader{
		Type:            syntax.SliceI,
		RefIDC:          2,
		IDR:             j.kind == pictureIDR,
		IDRPicID:        e.idrPicID,
		FrameNum:        e.frameNum & (1<<e.sps.Log2MaxFrameNum - 1),
		NumRefIdxActive: len(e.references.list),
		AlphaOffsetDiv2: int8(e.cfg.DeblockAlpha),
		BetaOffsetDiv2:  int8(e.cfg.DeblockBeta),
		QP:              j.sliceQP,
	}
	if j.kind == pictureIDR {
		h.RefIDC = 3
	}
	if j.kind == pictureP {
		h.Type = syntax.SliceP
	}
	if e.cfg.NoDeblock {
		h.DisableDeblock = 1
	}
	e.frameNum++
	return h
}

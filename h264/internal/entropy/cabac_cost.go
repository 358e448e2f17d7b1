package entropy

import "github.com/g264/g264/h264/internal/macroblock"

// After is what a macroblock leaves that Cost was asked about.
type After struct {
	states    Contexts
	qp        int
	qpChanged bool
}

// Cost returns what Macroblock would add to the slice data, in 1/256 bit, with
// the states that c has. They don't change: what they would be is in after.
func (c *CABAC) Cost(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual, after *After) int {
	after.states = c.own
	qp, qpChanged := c.startCounting(&after.states)
	c.macroblock(mb, n, r)
	c.settle()
	after.qp, after.qpChanged = c.qp, c.qpChanged
	c.states, c.qp, c.qpChanged = &c.own, qp, qpChanged
	return c.cost
}

// HeadCost is Cost without the residual.
func (c *CABAC) HeadCost(mb *macroblock.MB, n *macroblock.Neighbours) int {
	copy(c.forHead[:ctxResidual], c.own[:])
	copy(c.forHead[ctxTransform8x8:][:3], c.own[ctxTransform8x8:])
	c.forHead[ctxProceed], c.forHead[ctxNothing] = proceedState, nothingState
	qp, qpChanged := c.startCounting(&c.forHead)
	c.head(mb, n, nil)
	c.settle()
	c.states, c.qp, c.qpChanged = &c.own, qp, qpChanged
	return c.cost
}

// Learn goes on behind a macroblock.
func (c *CABAC) Learn(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	c.startCounting(&c.own)
	c.macroblock(mb, n, r)
	c.settle()
}

// Follow is Learn for a macroblock whose Cost, with the states that c has, left that.
func (c *CABAC) Follow(after *After) {
	c.own, c.qp, c.qpChanged = after.states, after.qp, after.qpChanged
}

// startCounting has bins counted with these states. It returns what else changes.
func (c *CABAC) startCounting(states *Contexts) (qp int, qpChanged bool) {
	c.states, c.counting, c.cost = states, true, 0
	return c.qp, c.qpChanged
}

// Resume makes ready to count within a slice, behind macroblocks that left these
// states.
func (c *CABAC) Resume(s Slice, states *Contexts) {
	c.slice, c.qp, c.qpChanged, c.count = s, s.QP, false, 0
	*c.states = *states
	c.w, c.counting = nil, true
}

// States gives the states of the context variables.
func (c *CABAC) States() *Contexts { return &c.own }

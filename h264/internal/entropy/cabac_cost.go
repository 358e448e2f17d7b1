package entropy

import "github.com/g264/g264/h264/internal/macroblock"

// Cost returns what Macroblock would add to the slice data, in 1/256 bit, with
// the states that c has. They don't change: after gets those behind the
// macroblock.
func (c *CABAC) Cost(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual, after *Contexts) int {
	qp, qpChanged := c.qp, c.qpChanged
	*after = c.own
	c.states, c.counting, c.cost = after, true, 0
	c.macroblock(mb, n, r)
	c.states, c.qp, c.qpChanged = &c.own, qp, qpChanged
	return c.cost
}

// Learn goes on behind a macroblock; Cost gave the states.
func (c *CABAC) Learn(mb *macroblock.MB, after *Contexts) {
	c.own = *after
	c.qpChanged = mb.CarriesQP() && int(mb.QP) != c.qp
	if mb.CarriesQP() {
		c.qp = int(mb.QP)
	}
}

// States gives the states of the context variables.
func (c *CABAC) States() *Contexts { return &c.own }

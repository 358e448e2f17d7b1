package entropy

import "github.com/g264/g264/h264/internal/macroblock"

// Cost returns what Macroblock would add to the slice data, in 1/256 bit, with
// the states that c has. Nothing changes.
func (c *CABAC) Cost(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) int {
	states, qp, qpChanged := c.states, c.qp, c.qpChanged
	c.counting, c.cost = true, 0
	c.macroblock(mb, n, r)
	c.states, c.qp, c.qpChanged = states, qp, qpChanged
	return c.cost
}

// Learn changes the states as Macroblock does, without writing.
func (c *CABAC) Learn(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	c.counting = true
	c.macroblock(mb, n, r)
}

// States gives the states of the context variables.
func (c *CABAC) States() *Contexts { return &c.states }

package picture

// term is a sample of one of the four planes (0 full, 1 to 3 RefPlane.Half),
// dx and dy whole samples away.
type term struct{ plane, dx, dy int }

// quarter lists for each fractional position 4*(y&3)+(x&3) the one or two
// samples whose average it is (table 8-12).
var quarter = [16][2]term{
	{{0, 0, 0}, {0, 0, 0}}, {{0, 0, 0}, {1, 0, 0}}, {{1, 0, 0}, {1, 0, 0}}, {{1, 0, 0}, {0, 1, 0}},
	{{0, 0, 0}, {2, 0, 0}}, {{1, 0, 0}, {2, 0, 0}}, {{1, 0, 0}, {3, 0, 0}}, {{1, 0, 0}, {2, 1, 0}},
	{{2, 0, 0}, {2, 0, 0}}, {{2, 0, 0}, {3, 0, 0}}, {{3, 0, 0}, {3, 0, 0}}, {{3, 0, 0}, {2, 1, 0}},
	{{2, 0, 0}, {0, 0, 1}}, {{2, 0, 0}, {1, 0, 1}}, {{3, 0, 0}, {1, 0, 1}}, {{2, 1, 0}, {1, 0, 1}},
}

// Quarters are for each fractional position 4*(y&3)+(x&3) how far behind the whole
// sample the one or two samples are whose average it is; the same twice if it is one.
type Quarters [16][2]int

// NewQuarters makes the Quarters of planes that lie a distance behind each other.
func NewQuarters(distance, stride int) (q Quarters) {
	for i, terms := range quarter {
		for k, t := range terms {
			q[i][k] = t.plane*distance + t.dy*stride + t.dx
		}
	}
	return q
}

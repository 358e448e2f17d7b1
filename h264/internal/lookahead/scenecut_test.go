package lookahead

import "testing"

// The bar for a scene cut only falls from the least distance of key frames to
// the greatest, at any length of those.
func TestSceneCutBarFalls(t *testing.T) {
	for _, keys := range [][2]int{{1, 1}, {1, 250}, {25, 250}, {25, 25}, {250, 2500}} {
		last := 0
		for sinceKey := 1; sinceKey <= keys[1]; sinceKey++ {
			b := bias(sinceKey, keys[0], keys[1])
			if b < last || b <= 0 || b >= 100 {
				t.Fatalf("key frames %v apart: bias %d after %d pictures, %d before", keys, b, sinceKey, last)
			}
			last = b
		}
	}
}

// The root is the greatest whose square is no more.
func TestSquareRoot(t *testing.T) {
	for v := uint64(0); v < 70000; v += 1 + v/50 {
		for _, v := range []uint64{v, v * v, v << 12} {
			if r := uint64(squareRoot(v)); r*r > v || (r+1)*(r+1) <= v {
				t.Fatalf("root of %d: %d", v, r)
			}
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/colorconv"
)

func main() {
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	w, h := 480, 352
	sz := w * h * 4
	n := len(raw) / sz
	best, bestC := time.Hour, time.Hour
	size := 0
	for k := 0; k < 4; k++ {
		var out bytes.Buffer
		start := time.Now()
		e, err := g264.NewEncoder(&out, g264.Options{Width: w, Height: h, Preset: g264.PresetUltrafast, Threads: 1, CRF: 23})
		if err != nil {
			panic(err)
		}
		for i := 0; i < n; i++ {
			if err := e.EncodeFrame(g264.Frame{Format: g264.RGBA, Pix: raw[i*sz:][:sz], Stride: 4 * w}); err != nil {
				panic(err)
			}
		}
		if err := e.Close(); err != nil {
			panic(err)
		}
		best = min(best, time.Since(start))
		size = out.Len()
		c := colorconv.New(colorconv.Space{}, [3]uint8{})
		yuv, _ := colorconv.NewYUV(w, h, true)
		start = time.Now()
		for i := 0; i < n; i++ {
			c.Packed(yuv, colorconv.RGBA, raw[i*sz:][:sz], 4*w)
		}
		bestC = min(bestC, time.Since(start))
	}
	fmt.Printf("%d frames, %.1f fps, %d bytes; conversion %.3f ms of %.3f ms a frame\n", n, float64(n)/best.Seconds(), size, bestC.Seconds()*1e3/float64(n), best.Seconds()*1e3/float64(n))
}

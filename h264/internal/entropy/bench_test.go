package entropy

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
)

// benchmarkBlocks are blocks as quantisers leave them: the chance of a level
// falls towards high frequencies, as do their sizes. They are so many that no
// branch predictor learns them.
func benchmarkBlocks(mean float64) [][16]int16 {
	rng := rand.New(rand.NewSource(1))
	blocks := make([][16]int16, 1<<14)
	for b := range blocks {
		for i := range blocks[b] {
			scale := mean * 3 / float64(i+2)
			blocks[b][i] = int16(rng.NormFloat64() * scale)
		}
	}
	return blocks
}

var densities = []struct {
	name string
	mean float64 // scale of the levels
}{{"1", 0.75}, {"4", 2.1}, {"8", 4.5}, {"14", 30}}

func meanTotal(blocks [][16]int16) float64 {
	total := 0
	for _, b := range blocks {
		for _, v := range b {
			if v != 0 {
				total++
			}
		}
	}
	return float64(total) / float64(len(blocks))
}

func BenchmarkBlockBits(b *testing.B) {
	for _, d := range densities {
		b.Run("about"+d.name, func(b *testing.B) {
			blocks := benchmarkBlocks(d.mean)
			b.ResetTimer()
			sum := 0
			for i := range b.N {
				sum += BlockBits(&blocks[i&(1<<14-1)], 0, 16, i&7)
			}
			b.ReportMetric(float64(sum)/float64(b.N), "bits/block")
			b.ReportMetric(meanTotal(blocks), "levels/block")
		})
	}
}

func BenchmarkWriteBlock(b *testing.B) {
	for _, d := range densities {
		b.Run("about"+d.name, func(b *testing.B) {
			blocks := benchmarkBlocks(d.mean)
			var w bits.Writer
			written := 0
			b.ResetTimer()
			for i := range b.N {
				writeBlock(&w, &blocks[i&(1<<14-1)], 0, 16, i&7)
				if w.Len() > 1<<16 {
					written += w.Len()
					w.Reset()
				}
			}
			written += w.Len()
			b.ReportMetric(float64(written)/b.Elapsed().Seconds()/1e6, "Mbit/s")
			b.ReportMetric(meanTotal(blocks), "levels/block")
		})
	}
}

// benchmarkPicture is a P picture of inter macroblocks with levels as of
// benchmarkBlocks.
func benchmarkPicture(mean float64, chroma444 bool) *testPicture {
	rng := rand.New(rand.NewSource(1))
	p := newPicture(rng, pictureOptions{
		width: 20, height: 12, chroma444: chroma444, pSlice: true, numRefIdx: 1, maxLevel: 1, maxMV: 40, slices: 1,
	})
	blocks := benchmarkBlocks(mean)
	qp := p.slice.QP
	for i := range p.mbs {
		mb, res := &p.mbs[i].mb, &p.mbs[i].res
		*mb = macroblock.MB{Type: macroblock.P16x16, QP: int8(qp)}
		mv := macroblock.MV{X: int16(rng.Intn(20)), Y: int16(rng.Intn(20))}
		mb.SetMV(macroblock.Partitions[macroblock.P16x16][0], mv)
		mb.SetRef(macroblock.Partitions[macroblock.P16x16][0], 0)
		mb.CBP = 15
		if !chroma444 {
			mb.CBP |= 2 << 4
		}
		for plane := range res.Level {
			n := 16
			if plane > 0 && !chroma444 {
				n = 4
				res.DC[plane] = blocks[rng.Intn(len(blocks))]
			}
			for k := range n {
				block := blocks[rng.Intn(len(blocks))]
				raster := int(macroblock.BlockRaster[k])
				if n == 4 {
					block[0] = 0
					raster = k
				}
				res.Level[plane][k] = block
				for _, v := range block {
					if v != 0 {
						mb.TotalCoeff[plane][raster]++
					}
				}
			}
		}
	}
	return p
}

func BenchmarkMacroblock(b *testing.B) {
	for _, chroma444 := range []bool{false, true} {
		for _, d := range densities {
			b.Run(fmt.Sprintf("444=%t/about%s", chroma444, d.name), func(b *testing.B) {
				p := benchmarkPicture(d.mean, chroma444)
				c := NewCAVLC(chroma444)
				var w bits.Writer
				written := 0
				b.ReportAllocs()
				b.ResetTimer()
				for i := 0; i < b.N; i += len(p.mbs) {
					w.Reset()
					p.write(c, &w, 0)
					written += w.Len()
				}
				b.ReportMetric(float64(written)/b.Elapsed().Seconds()/1e6, "Mbit/s")
			})
		}
	}
}

func BenchmarkMacroblockBits(b *testing.B) {
	for _, d := range densities {
		b.Run("about"+d.name, func(b *testing.B) {
			p := benchmarkPicture(d.mean, false)
			c := NewCAVLC(false)
			c.BeginSlice(nil, p.slice)
			sum := 0
			b.ResetTimer()
			for i := range b.N {
				m := &p.mbs[i%len(p.mbs)]
				sum += c.Bits(&m.mb, &m.n, &m.res)
			}
			b.ReportMetric(float64(sum)/float64(b.N), "bits/op")
		})
	}
}

func BenchmarkCABAC(b *testing.B) {
	for _, d := range densities {
		p := benchmarkPicture(d.mean, false)
		p.cabac = true
		for i := range p.mbs {
			p.mbs[i].mb.SetContexts(&p.mbs[i].n, &p.mbs[i].res, false)
		}
		c := NewCABAC(false)
		b.Run("write/about"+d.name, func(b *testing.B) {
			var w bits.Writer
			written := 0
			for i := 0; i < b.N; i += len(p.mbs) {
				w.Reset()
				p.write(c, &w, 0)
				written += w.Len()
			}
			b.ReportMetric(float64(written)/b.Elapsed().Seconds()/1e6, "Mbit/s")
		})
		b.Run("cost/about"+d.name, func(b *testing.B) {
			c.BeginSlice(nil, p.slice)
			var after After
			for i := range b.N {
				m := &p.mbs[i%len(p.mbs)]
				c.Cost(&m.mb, &m.n, &m.res, &after)
			}
		})
	}
}

package dsp

import "testing"

func BenchmarkBins(b *testing.B) {
	r := newRand(b)
	var tables BinTables
	for s := range tables.Ranges {
		tables.Next[2*s], tables.Next[2*s+1] = uint8(r.IntN(128)), uint8(r.IntN(128))
		for q := range 4 {
			tables.Ranges[s] |= uint64(32*(q+1)|2<<8) << (16 * q)
		}
	}
	var states [1024]uint8
	var symbols [256]uint32
	benchTwins(b, "encode256", func(n int) {
		c := Bins{Range: 510, Pending: 9}
		for range n {
			for i := range symbols {
				symbols[i] = uint32(i*167) & 0x7ff
			}
			words, _ := c.Encode(symbols[:], &states, &tables)
			sink += words
		}
	})
}

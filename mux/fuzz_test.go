package mux

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"testing"
	"time"

	gomp4 "github.com/abema/go-mp4"
)

// fuzzSamples turns bytes into samples, 8 bytes each: good ones mostly, with
// times and data that are wrong in every way.
func fuzzSamples(b []byte) []Sample {
	var samples []Sample
	var dts int64
	for ; len(b) >= 8; b = b[8:] {
		kind := b[0]
		dts += int64(int16(binary.BigEndian.Uint16(b[1:])))
		if kind&0x30 == 0x30 {
			dts += int64(int8(b[1])) << (b[2] % 60)
		}
		s := Sample{DTS: dts, PTS: dts + int64(b[3]), Duration: int64(b[4]) << (b[5] % 25), Key: kind&1 != 0}
		s.Data = nalUnit(5+int(b[6])*int(kind>>6+1), s.Key, int(b[7]))
		switch kind & 0xe {
		case 0x2:
			s.Data[int(b[7])%5] ^= b[7]
		case 0x4:
			s.Data = append(s.Data, s.Data...)
		case 0x6:
			s.Data = s.Data[:int(b[7])%len(s.Data)]
		case 0x8:
			s.PTS = dts - int64(b[3])
		}
		samples = append(samples, s)
	}
	return samples
}

func FuzzWriteSample(f *testing.F) {
	f.Add(uint32(24000), []byte{1, 0, 0, 0, 0, 0, 90, 1, 0, 3, 233, 0, 0, 0, 20, 2, 0, 3, 233, 0, 0, 0, 30, 3})
	f.Add(uint32(1000), []byte{1, 0, 0, 5, 0, 0, 90, 1, 0, 0, 1, 9, 0, 0, 20, 2, 0, 0, 1, 2, 255, 24, 30, 3, 6, 0, 1, 2, 1, 0, 30, 3})
	f.Add(uint32(1), []byte{1, 0, 9, 0, 0, 0, 90, 1, 0x30, 1, 30, 0, 0, 0, 20, 2, 0x35, 1, 31, 0, 0, 0, 20, 2, 0, 255, 0, 0, 0, 0, 30, 3})
	f.Fuzz(func(t *testing.T, timescale uint32, b []byte) {
		track := testTrack()
		track.Timescale = timescale
		var buf bytes.Buffer
		w, err := NewWriter(&buf, track, Options{})
		if err != nil {
			if timescale != 0 || !errors.Is(err, ErrTrack) {
				t.Fatal(err)
			}
			return
		}
		var taken []Sample
		for _, s := range fuzzSamples(b) {
			if err := w.WriteSample(s); err == nil {
				taken = append(taken, s)
			} else if !errors.Is(err, ErrSample) {
				t.Fatal(err)
			}
		}
		fuzzFragments(t, track, taken, time.Duration(timescale))
		err = w.Close()
		if len(taken) == 0 {
			if !errors.Is(err, ErrNoSamples) || buf.Len() != 0 {
				t.Fatalf("no sample: error %v, %d bytes", err, buf.Len())
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		boxes := parse(t, bytes.NewReader(buf.Bytes()))
		mdhd, _ := find[*gomp4.Mdhd](t, boxes, "mdhd")
		coarse := mdhd.Timescale != timescale
		if coarse {
			checkCoarse(t, readSamples(t, boxes), taken, timescale, mdhd.Timescale)
		} else {
			checkSamples(t, buf.Bytes(), boxes, taken)
		}
		var total uint64
		read := readSamples(t, boxes)
		for _, s := range read {
			if s.duration == 0 {
				t.Fatal("a sample lasts no time")
			}
			total += uint64(s.duration)
		}
		if last := taken[len(taken)-1]; !coarse && last.Duration != 0 && int64(read[len(taken)-1].duration) != last.Duration {
			t.Fatalf("the last duration isn't the %d that was said", last.Duration)
		}
		if mdhd.GetDuration() != total {
			t.Fatalf("mdhd lasts %d, the samples %d", mdhd.GetDuration(), total)
		}
	})
}

// fuzzFragments writes samples that a Writer has taken in fragments.
func fuzzFragments(t *testing.T, track Track, samples []Sample, cut time.Duration) {
	t.Helper()
	if len(samples) == 0 {
		return
	}
	file := muxAs(t, track, Options{Layout: Fragmented, FragmentDuration: cut, Index: Sidx}, samples)
	checkSamples(t, file, parse(t, bytes.NewReader(file)), samples)
}

// checkCoarse checks that times on a coarser scale are those written to the
// nearest tick, save where that would put samples at one time.
func checkCoarse(t *testing.T, got []readSample, want []Sample, from, to uint32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d samples in the file, %d were written", len(got), len(want))
	}
	bumped := int64(0) // samples in a row that were moved on
	for i, w := range want {
		exact := new(big.Rat).Mul(big.NewRat(w.PTS, 1), big.NewRat(int64(to), int64(from)))
		off, _ := new(big.Rat).Sub(big.NewRat(got[i].pts, 1), exact).Float64()
		if i > 0 && got[i].dts == got[i-1].dts+1 {
			bumped++
		} else {
			bumped = 0
		}
		if off < -1.5 || off > 1.5+float64(bumped) {
			t.Fatalf("sample %d: PTS %d of 1/%d, %v off the %d of 1/%d written", i, got[i].pts, to, off, w.PTS, from)
		}
	}
}

func FuzzNewWriter(f *testing.F) {
	f.Add(baseline().nal(), testPPS, uint32(1), uint32(1))
	f.Add(spsFields{profile: 244, level: 40, chroma: 3, widthMbs: 3, heightMbs: 2, cropRight: 5, cropBottom: 3}.nal(), testPPS, uint32(0), uint32(0))
	f.Fuzz(func(t *testing.T, sps, pps []byte, num, den uint32) {
		w, err := NewWriter(io.Discard, Track{SPS: sps, PPS: pps, Timescale: 25, SampleAspect: Ratio{num, den}}, Options{})
		if err != nil {
			if !errors.Is(err, ErrTrack) {
				t.Fatal(err)
			}
			return
		}
		if err := w.WriteSample(Sample{Data: nalUnit(9, true, 0), Key: true}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

package mux

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"
)

// A sample inside a fragment allocates nothing, a fragment no more than a handful.
func TestAllocationsOfFragments(t *testing.T) {
	const gop = 25
	key, inter := nalUnit(3000, true, 0), nalUnit(1000, false, 0)
	for _, c := range []struct {
		name string
		make func() (*Writer, error)
		max  float64 // per fragment or segment
	}{
		{"fragments", func() (*Writer, error) { return NewWriter(io.Discard, testTrack(), Options{Layout: Fragmented}) }, 4},
		{"fragments with sidx", func() (*Writer, error) {
			return NewWriter(io.Discard, testTrack(), Options{Layout: Fragmented, Index: Sidx})
		}, 12},
		{"segments", func() (*Writer, error) {
			return NewSegmenter(func(Segment) error { return nil }, testTrack(), Options{})
		}, 12},
	} {
		w, err := c.make()
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		write := func() {
			s := Sample{Data: inter, PTS: n * 1001, DTS: n * 1001, Duration: 1001, Certain: true, Key: n%gop == 0}
			if s.Key {
				s.Data = key
			}
			if err := w.WriteSample(s); err != nil {
				t.Fatal(err)
			}
			n++
		}
		for range 4 * gop { // buffers grow to their sizes
			write()
		}
		write()
		// AllocsPerRun calls once more than it counts.
		if a := testing.AllocsPerRun(gop-3, write); a != 0 {
			t.Errorf("%s: a sample inside one makes %v allocations", c.name, a)
		}
		for n%gop != 1 {
			write()
		}
		a := testing.AllocsPerRun(20, func() {
			for range gop {
				write()
			}
		})
		if a > c.max {
			t.Errorf("%s: %v allocations each, want at most %v", c.name, a, c.max)
		}
	}
}

// Overhead of fragments: at most 24 bytes a frame and 120 per fragment, at worst:
// with reordering, uneven times beyond 32 bits and flags that change.
func TestOverheadOfFragmentsIsSmall(t *testing.T) {
	const n = 3000
	uneven := unevenKeys(n)
	for i := range uneven {
		uneven[i].PTS += 1 << 33
		uneven[i].DTS += 1<<33 - 5000
		uneven[i].Key = i%5 == 0 || i%7 == 3
		uneven[i].PTS += int64(i % 4 * 1000)
	}
	for name, samples := range map[string][]Sample{"constant": constantRate(n, 50, 1001), "uneven": uneven} {
		for _, d := range []time.Duration{0, 500 * time.Millisecond, time.Nanosecond} {
			o := Options{Layout: Fragmented, FragmentDuration: d}
			file := muxAs(t, testTrack(), o, samples)
			boxes := parse(t, bytes.NewReader(file))
			fragments := 0
			var head uint64
			for _, b := range boxes {
				if b.path == "moof" {
					if fragments == 0 {
						head = b.offset
					}
					fragments++
				}
			}
			over := len(file) - int(head) - 120*fragments
			for _, s := range samples {
				over -= len(s.Data)
			}
			if over > 24*n {
				t.Errorf("%s, %v: %d bytes a frame beyond 120 for each of %d fragments", name, d, over/n, fragments)
			}
		}
	}
}

// rest is a writer that keeps nothing, and seeks.
type rest struct{ at int64 }

func (r *rest) Write(p []byte) (int, error) { r.at += int64(len(p)); return len(p), nil }
func (r *rest) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		offset += r.at
	}
	r.at = offset
	return offset, nil
}

// Two hours of 25 frames per second take the memory of one fragment; in a seekable
// file, a few bytes a frame.
func TestTwoHoursTakeConstantMemory(t *testing.T) {
	const frames = 2 * 3600 * 25
	key, inter := nalUnit(2000, true, 0), nalUnit(400, false, 0)
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, c := range []struct {
		o     Options
		bytes uint64 // that the end may hold more than the beginning
	}{
		{Options{Layout: Fragmented}, 16 << 10},
		{Options{Layout: Fragmented, FragmentDuration: 200 * time.Millisecond, Index: Mfra}, frames / 50 * 50 * 2},
		{Options{Layout: Seekable}, frames * 6},
	} {
		w, err := NewWriter(&rest{}, testTrack(), c.o)
		if err != nil {
			t.Fatal(err)
		}
		var early uint64
		for i := int64(0); i < frames; i++ {
			s := Sample{Data: inter, PTS: i * 960, DTS: i * 960, Duration: 960, Certain: true, Key: i%50 == 0}
			if s.Key {
				s.Data = key
			}
			if err := w.WriteSample(s); err != nil {
				t.Fatal(err)
			}
			if i == 500 {
				early = live()
			}
		}
		late := live()
		if late > early+c.bytes {
			t.Errorf("%+v: %d bytes live at the end, %d after 20 s", c.o, late, early)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Two hours don't drift: the last frame is where it should be to the tick, at
// rates that no decimal holds.
func TestHoursDoNotDrift(t *testing.T) {
	const n = 172_627 // of 24000/1001 per second
	var samples []Sample
	key := nalUnit(20, true, 0)
	for i := int64(0); i < n; i++ {
		samples = append(samples, Sample{Data: key, PTS: i * 1001, DTS: i * 1001, Duration: 1001, Key: true})
	}
	for _, o := range []Options{{}, {Layout: Fragmented, FragmentDuration: 10 * time.Second}} {
		read := readSamples(t, parse(t, bytes.NewReader(muxAs(t, testTrack(), o, samples))))
		if last := read[n-1]; last.pts != (n-1)*1001 || last.duration != 1001 {
			t.Errorf("the last frame is at %d for %d", last.pts, last.duration)
		}
	}
}

// BenchmarkLayouts is a sample of a long video in each layout.
func BenchmarkLayouts(b *testing.B) {
	data := nalUnit(4096, true, 0)
	for _, o := range []Options{{Layout: Seekable}, {Layout: Fragmented}, {Layout: Fragmented, FragmentDuration: 1}} {
		b.Run(fmt.Sprint(o.Layout, " ", o.FragmentDuration), func(b *testing.B) {
			w, err := NewWriter(&rest{}, testTrack(), o)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := range int64(b.N) {
				s := Sample{Data: data, PTS: i * 960, DTS: i * 960, Duration: 960, Certain: true, Key: i%50 == 0}
				if err := w.WriteSample(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package mux

import (
	"bytes"
	"math"
	"reflect"
	"testing"

	gomp4 "github.com/abema/go-mp4"
)

// timed makes samples of which only the times matter.
func timed(times ...[2]int64) []Sample {
	samples := make([]Sample, len(times))
	for i, pd := range times {
		samples[i] = Sample{Data: nalUnit(16+i, i == 0, i), PTS: pd[0], DTS: pd[1], Key: i == 0}
	}
	return samples
}

func TestDurations(t *testing.T) {
	single := func(timescale uint32, duration int64, want uint32) (string, uint32, []Sample, []gomp4.SttsEntry) {
		s := timed([2]int64{0, 0})
		s[0].Duration = duration
		return "single", timescale, s, []gomp4.SttsEntry{{SampleCount: 1, SampleDelta: want}}
	}
	check := func(name string, timescale uint32, samples []Sample, want []gomp4.SttsEntry) {
		t.Helper()
		track := testTrack()
		track.Timescale = timescale
		file := mustMux(t, track, samples)
		boxes := parse(t, bytes.NewReader(file))
		checkSamples(t, file, boxes, samples)
		stts, _ := find[*gomp4.Stts](t, boxes, "stts")
		if !reflect.DeepEqual(stts.Entries, want) {
			t.Errorf("%s: stts %v, want %v", name, stts.Entries, want)
		}
		var total uint64
		for _, e := range want {
			total += uint64(e.SampleCount) * uint64(e.SampleDelta)
		}
		mdhd, _ := find[*gomp4.Mdhd](t, boxes, "mdhd")
		if mdhd.GetDuration() != total || mdhd.Timescale != timescale {
			t.Errorf("%s: mdhd says %d at %d, want %d at %d", name, mdhd.GetDuration(), mdhd.Timescale, total, timescale)
		}
	}

	check("constant", 24000, constantRate(100, 25, 1001), []gomp4.SttsEntry{{SampleCount: 100, SampleDelta: 1001}})
	check(single(24000, 0, 960))
	check(single(1, 0, 1))
	check(single(24000, 1001, 1001))
	check(single(24000, math.MaxInt32, math.MaxInt32))

	variable := timed([2]int64{0, 0}, [2]int64{10, 10}, [2]int64{20, 20}, [2]int64{50, 50}, [2]int64{51, 51})
	variable[1].Duration = 3 // a gap: the picture stays until the next
	check("last as the one before", 1000, variable,
		[]gomp4.SttsEntry{{SampleCount: 2, SampleDelta: 10}, {SampleCount: 1, SampleDelta: 30}, {SampleCount: 2, SampleDelta: 1}})
	variable[4].Duration = 700
	check("last as said", 1000, variable,
		[]gomp4.SttsEntry{{SampleCount: 2, SampleDelta: 10}, {SampleCount: 1, SampleDelta: 30}, {SampleCount: 1, SampleDelta: 1}, {SampleCount: 1, SampleDelta: 700}})
}

func TestChunksHoldASecond(t *testing.T) {
	for _, c := range []struct {
		name      string
		timescale uint32
		samples   []Sample
		want      []gomp4.StscEntry
	}{
		{"25 fps", 25, constantRate(100, 250, 1), []gomp4.StscEntry{{FirstChunk: 1, SamplesPerChunk: 25}}},
		{"30000/1001 fps", 30000, constantRate(95, 250, 1001), []gomp4.StscEntry{{FirstChunk: 1, SamplesPerChunk: 30}, {FirstChunk: 4, SamplesPerChunk: 5}}},
		{"slower than a frame a second", 1, constantRate(4, 250, 3), []gomp4.StscEntry{{FirstChunk: 1, SamplesPerChunk: 1}}},
		{"uneven", 10, timed([2]int64{0, 0}, [2]int64{9, 9}, [2]int64{10, 10}, [2]int64{40, 40}, [2]int64{41, 41}, [2]int64{42, 42}),
			[]gomp4.StscEntry{{FirstChunk: 1, SamplesPerChunk: 2}, {FirstChunk: 2, SamplesPerChunk: 1}, {FirstChunk: 3, SamplesPerChunk: 3}}},
	} {
		track := testTrack()
		track.Timescale = c.timescale
		file := mustMux(t, track, c.samples)
		boxes := parse(t, bytes.NewReader(file))
		checkSamples(t, file, boxes, c.samples)
		stsc, _ := find[*gomp4.Stsc](t, boxes, "stsc")
		for i := range c.want {
			c.want[i].SampleDescriptionIndex = 1
		}
		if !reflect.DeepEqual(stsc.Entries, c.want) {
			t.Errorf("%s: stsc %v, want %v", c.name, stsc.Entries, c.want)
		}
	}
}

// edit is an entry of an edit list.
type edit struct {
	duration uint64
	media    int64
}

func TestEditListPlacesTheFirstPicture(t *testing.T) {
	// I0 P3 B1 B2 P6, two frames of delay.
	reordered := func(shift int64) []Sample {
		s := timed([2]int64{0, -2}, [2]int64{3, -1}, [2]int64{1, 0}, [2]int64{2, 1}, [2]int64{4, 2})
		for i := range s {
			s[i].PTS, s[i].DTS = s[i].PTS+shift, s[i].DTS+shift
		}
		return s
	}
	for _, c := range []struct {
		name    string
		samples []Sample
		version uint8
		want    []edit
		ctts    []gomp4.CttsEntry
		movie   uint64 // duration
	}{
		{"from zero", timed([2]int64{0, 0}, [2]int64{1, 1}), 0, nil, nil, 2},
		{"late", timed([2]int64{700, 700}, [2]int64{701, 701}), 0, []edit{{700, -1}, {2, 0}}, nil, 702},
		{"reordered", reordered(0), 0, []edit{{5, 2}}, []gomp4.CttsEntry{{SampleCount: 1, SampleOffsetV0: 2}, {SampleCount: 1, SampleOffsetV0: 4}, {SampleCount: 2, SampleOffsetV0: 1}, {SampleCount: 1, SampleOffsetV0: 2}}, 5},
		{"reordered, from DTS zero", reordered(2), 0, []edit{{2, -1}, {5, 2}}, []gomp4.CttsEntry{{SampleCount: 1, SampleOffsetV0: 2}, {SampleCount: 1, SampleOffsetV0: 4}, {SampleCount: 2, SampleOffsetV0: 1}, {SampleCount: 1, SampleOffsetV0: 2}}, 7},
		{"a constant delay", timed([2]int64{0, -3}, [2]int64{1, -2}), 0, []edit{{2, 3}}, []gomp4.CttsEntry{{SampleCount: 2, SampleOffsetV0: 3}}, 2},
		{"very late", timed([2]int64{1 << 33, 1 << 33}, [2]int64{1<<33 + 1, 1<<33 + 1}), 1, []edit{{1 << 33, -1}, {2, 0}}, nil, 1<<33 + 2},
		{"as late as can be", timed([2]int64{maxTime - 1, maxTime - 1}, [2]int64{maxTime, maxTime}), 1, []edit{{maxTime - 1, -1}, {2, 0}}, nil, maxTime + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := mustMux(t, testTrack(), c.samples)
			boxes := parse(t, bytes.NewReader(file))
			checkSamples(t, file, boxes, c.samples)
			var got []edit
			if elst, at := find[*gomp4.Elst](t, boxes, "moov/trak/edts/elst"); at.path != "" {
				for i, e := range elst.Entries {
					got = append(got, edit{elst.GetSegmentDuration(i), elst.GetMediaTime(i)})
					if e.MediaRateInteger != 1 || e.MediaRateFraction != 0 {
						t.Errorf("rate %d.%d", e.MediaRateInteger, e.MediaRateFraction)
					}
				}
				if elst.Version != c.version {
					t.Errorf("elst has version %d, want %d", elst.Version, c.version)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("edit list %v, want %v", got, c.want)
			}
			var offsets []gomp4.CttsEntry
			if ctts, at := find[*gomp4.Ctts](t, boxes, "ctts"); at.path != "" {
				offsets = ctts.Entries
			}
			if !reflect.DeepEqual(offsets, c.ctts) {
				t.Errorf("ctts %v, want %v", offsets, c.ctts)
			}
			mvhd, _ := find[*gomp4.Mvhd](t, boxes, "mvhd")
			tkhd, _ := find[*gomp4.Tkhd](t, boxes, "tkhd")
			if mvhd.GetDuration() != c.movie || tkhd.GetDuration() != c.movie {
				t.Errorf("mvhd lasts %d, tkhd %d, want %d", mvhd.GetDuration(), tkhd.GetDuration(), c.movie)
			}
		})
	}
}

func TestLongDurationsTake64Bits(t *testing.T) {
	for _, c := range []struct {
		name    string
		last    int64 // duration of the last of three samples
		version uint8
	}{
		// 2 * (2^31-1) + 1 is the 2^32-1 that would mean "unknown".
		{"largest of 32 bits", 0, 0},
		{"unknown, if in 32 bits", 1, 1},
		{"beyond", math.MaxInt32, 1},
	} {
		samples := timed([2]int64{0, 0}, [2]int64{math.MaxInt32, math.MaxInt32}, [2]int64{2 * math.MaxInt32, 2 * math.MaxInt32})
		samples[2].Duration = c.last
		if c.last == 0 {
			samples = samples[:2]
		}
		want := uint64(2*math.MaxInt32) + uint64(c.last)
		file := mustMux(t, testTrack(), samples)
		boxes := parse(t, bytes.NewReader(file))
		checkSamples(t, file, boxes, samples)
		mvhd, _ := find[*gomp4.Mvhd](t, boxes, "mvhd")
		tkhd, _ := find[*gomp4.Tkhd](t, boxes, "tkhd")
		mdhd, _ := find[*gomp4.Mdhd](t, boxes, "mdhd")
		if !reflect.DeepEqual([]uint8{mvhd.Version, tkhd.Version, mdhd.Version}, []uint8{c.version, c.version, c.version}) {
			t.Errorf("%s: versions %d, %d, %d, want %d", c.name, mvhd.Version, tkhd.Version, mdhd.Version, c.version)
		}
		if mvhd.GetDuration() != want || tkhd.GetDuration() != want || mdhd.GetDuration() != want {
			t.Errorf("%s: durations %d, %d, %d, want %d", c.name, mvhd.GetDuration(), tkhd.GetDuration(), mdhd.GetDuration(), want)
		}
	}
}

// A gap that 31 bits don't hold makes all times coarser by a power of ten, each to
// the nearest tick, and no two samples alike.
func TestLongGapsMakeTimesCoarser(t *testing.T) {
	samples := timed([2]int64{1000, 1000}, [2]int64{1015, 1001}, [2]int64{1003, 1002}, [2]int64{1_000_000_003_456, 1_000_000_003_456})
	samples[3].Duration = 1999
	track := testTrack()
	track.Timescale = 1_000_000
	for _, o := range []Options{{}, {Layout: Seekable}} {
		boxes := parse(t, bytes.NewReader(muxAs(t, track, o, samples)))
		mdhd, _ := find[*gomp4.Mdhd](t, boxes, "mdhd")
		mvhd, _ := find[*gomp4.Mvhd](t, boxes, "mvhd")
		if mdhd.Timescale != 1000 || mvhd.Timescale != 1000 || mdhd.GetDuration() != 1_000_000_004 {
			t.Errorf("timescales %d and %d, %d ticks", mdhd.Timescale, mvhd.Timescale, mdhd.GetDuration())
		}
		var got [][3]int64
		for _, s := range readSamples(t, boxes) {
			got = append(got, [3]int64{s.pts, s.dts, int64(s.duration)})
		}
		// The second and third are 0.001 and 0.002 ms after the first; no two may be at one time.
		want := [][3]int64{{1, 1, 1}, {2, 2, 1}, {3, 3, 1_000_000_000}, {1_000_000_003, 1_000_000_003, 2}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("samples %v, want %v", got, want)
		}
	}
}

func TestBitRates(t *testing.T) {
	for _, c := range []struct {
		name          string
		timescale     uint32
		samples       []Sample
		peak, average uint32
	}{
		// One frame of 100 bytes each half second, but 3 within one second: at 0, 0.4 and 0.9 s.
		{"bursts", 10, []Sample{
			{Data: nalUnit(100, true, 0), Key: true},
			{Data: nalUnit(100, false, 0), PTS: 4, DTS: 4},
			{Data: nalUnit(100, false, 0), PTS: 9, DTS: 9},
			{Data: nalUnit(100, false, 0), PTS: 20, DTS: 20},
			{Data: nalUnit(100, false, 0), PTS: 30, DTS: 30, Duration: 20}}, 300 * 8, 500 * 8 / 5},
		{"a second apart", 10, []Sample{
			{Data: nalUnit(100, true, 0), Key: true},
			{Data: nalUnit(100, false, 0), PTS: 10, DTS: 10}}, 100 * 8, 100 * 8},
		{"shorter than a second", 10, []Sample{{Data: nalUnit(100, true, 0), Key: true, Duration: 5}}, 100 * 8 * 2, 100 * 8 * 2},
		{"beyond 32 bits", 1 << 31, []Sample{{Data: nalUnit(1000, true, 0), Key: true, Duration: 1}}, math.MaxUint32, math.MaxUint32},
	} {
		track := testTrack()
		track.Timescale = c.timescale
		boxes := parse(t, bytes.NewReader(mustMux(t, track, c.samples)))
		btrt, _ := find[*gomp4.Btrt](t, boxes, "btrt")
		if btrt.MaxBitrate != c.peak || btrt.AvgBitrate != c.average {
			t.Errorf("%s: peak %d, average %d; want %d, %d", c.name, btrt.MaxBitrate, btrt.AvgBitrate, c.peak, c.average)
		}
	}
	if got := bitRate(1<<60, 1, 1<<31); got != math.MaxUint32 {
		t.Errorf("a product beyond 64 bits gives %d", got)
	}
}

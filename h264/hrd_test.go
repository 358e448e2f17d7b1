package h264_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
)

// message is an SEI message and a place in its bits.
type message struct {
	kind    int
	payload []byte
	at      int
}

// u reads n bits.
func (m *message) u(n int) (v int) {
	for range n {
		v = v<<1 | int(m.payload[m.at/8]>>(7-m.at%8)&1)
		m.at++
	}
	return v
}

// messages reads those of an SEI NAL unit, all short.
func messages(nal []byte) (list []message) {
	rbsp := bytes.ReplaceAll(nal[1:], []byte{0, 0, 3}, []byte{0, 0})
	for len(rbsp) > 1 {
		size := int(rbsp[1])
		list = append(list, message{kind: int(rbsp[0]), payload: rbsp[2 : 2+size]})
		rbsp = rbsp[2+size:]
	}
	return list
}

// The buffer of clause C.1, filled as the SPS says and emptied at the times that the
// SEI messages give, has each access unit when it is due, and doesn't overflow; the
// delay of a key picture is no longer than since the last bit before it (C-15).
func TestHRD(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	clip := mixed(160, 96, 60)
	for _, cfg := range []h264.Config{
		{CRF: 12, MaxRate: 300, BufferSize: 300, Preset: "veryfast", MinKeyInt: 1, Delimiters: true},
		{CRF: 10, MaxRate: 200, BufferSize: 33, Preset: "ultrafast", KeyInt: 7, NoSEI: true},
		{CRF: 8, MaxRate: 333, BufferSize: 100, LowLatency: true, Preset: "ultrafast", FrameRate: h264.Rational{Num: 30000, Den: 1001}},
		{CRF: 8, MaxRate: 600, BufferSize: 100, Preset: "ultrafast", KeyInt: 1},
		{RateControl: h264.AverageBitrate, Bitrate: 200, MaxRate: 200, BufferSize: 100, Preset: "medium", HeadersOnce: true, KeyInt: 20},
	} {
		cfg.HRD, cfg.Reconstruction, cfg.Threads = true, true, 3
		s := encode(t, fmt.Sprintf("max rate %d, buffer %d", cfg.MaxRate, cfg.BufferSize), cfg, clip, nil)
		var sps *avc.SPS
		var removal, arrival, start, full float64 // seconds; start is that of the buffering period
		keys, tight := 0, false
		for i, au := range s.units {
			var list []message
			for _, nal := range au.NALs {
				switch avc.GetNaluType(nal[0]) {
				case avc.NALU_SPS:
					var err error
					if sps, err = avc.ParseSPSNALUnit(nal, true); err != nil {
						t.Fatal(err)
					}
				case avc.NALU_SEI:
					if len(list) == 0 { // else it is that with the encoder's name
						list = messages(nal)
					}
				}
			}
			hrd := sps.VUI.NalHrdParameters
			rate := float64(64 * (hrd.CpbEntries[0].BitRateValueMinus1 + 1))
			size := float64(16 * (hrd.CpbEntries[0].CpbSizeValueMinus1 + 1))
			if asked := float64(1000 * cfg.MaxRate); rate < asked || rate > asked*1.001+64 || hrd.CpbEntries[0].CbrFlag {
				t.Fatalf("%s: %v bit/s, cbr_flag %v", s.name, rate, hrd.CpbEntries[0].CbrFlag)
			}
			if au.Key {
				period := &list[0]
				if period.kind != 0 || len(list) != 2 || period.u(1) != 1 {
					t.Fatalf("%s: key picture %d has SEI messages %v", s.name, i, list)
				}
				keys++
				list = list[1:]
			} else if len(list) != 1 {
				t.Fatalf("%s: picture %d has SEI messages %v", s.name, i, list)
			}
			timing := &list[0]
			tick := float64(sps.VUI.NumUnitsInTick) / float64(sps.VUI.TimeScale)
			after := float64(timing.u(int(hrd.CpbRemovalDelayLengthMinus1)+1)) * tick
			if timing.kind != 1 || timing.u(int(hrd.DpbOutputDelayLengthMinus1)+1) != 0 {
				t.Fatalf("%s: picture %d has SEI messages %v", s.name, i, list)
			}
			if i > 0 {
				removal = start + after
				if want := 2 * tick * float64(i); removal < want-1e-6+full || removal > want+1e-6+full {
					t.Fatalf("%s: picture %d is removed after %v s, want %v", s.name, i, removal-full, want)
				}
			}
			earliest := removal - size/rate
			if au.Key {
				period := messages(firstSEI(au))[0]
				period.u(1)
				length := int(hrd.InitialCpbRemovalDelayLengthMinus1) + 1
				delay, offset := float64(period.u(length))/90000, float64(period.u(length))/90000
				if d := delay + offset - size/rate; delay == 0 || d > 0 || d < -1.1/90000 {
					t.Errorf("%s: picture %d has delay %v and offset %v in a buffer of %v s", s.name, i, delay, offset, size/rate)
				}
				if i == 0 {
					removal, full = delay, delay
				}
				if start = removal; i > 0 && delay > removal-arrival+1e-9 {
					t.Errorf("%s: picture %d has delay %v, %v after the last bit", s.name, i, delay, removal-arrival)
				}
				earliest = removal - delay
			}
			arrival = max(arrival, earliest) + float64(8*len(au.AppendAnnexB(nil)))/rate
			if arrival > removal+1e-9 {
				t.Errorf("%s: picture %d comes %v s late", s.name, i, arrival-removal)
			}
			tight = tight || removal-arrival < size/rate/2
		}
		if keys == 0 || !tight {
			t.Errorf("%s: %d key pictures, ever half empty: %v", s.name, keys, tight)
		}
		decodeExactly(t, s)
		traced(t, s)
	}
}

// firstSEI is the first SEI NAL unit.
func firstSEI(au h264.AccessUnit) []byte {
	for _, nal := range au.NALs {
		if avc.GetNaluType(nal[0]) == avc.NALU_SEI {
			return nal
		}
	}
	return nil
}

// traced has ffmpeg read all headers and complain of those that are wrong.
func traced(t *testing.T, s stream) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hrd.264")
	if err := os.WriteFile(file, s.bytes, 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(testenv.Need(t, "ffmpeg"), "-v", "verbose", "-i", file, "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-").CombinedOutput()
	for _, want := range []string{"nal_hrd_parameters_present_flag", "initial_cpb_removal_delay", "cpb_removal_delay"} {
		if err != nil || !bytes.Contains(out, []byte(want)) || bytes.Contains(out, []byte("Invalid")) || bytes.Contains(out, []byte("Failed")) {
			t.Fatalf("%s: ffmpeg's trace of headers, %v, without %s:\n%s", s.name, err, want, out[:min(len(out), 2000)])
		}
	}
}

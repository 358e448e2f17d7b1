package mux

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/g264/g264/internal/testenv"
)

// y4m is a clip of moving gradients with n frames, 4:2:0 or 4:4:4.
func y4m(w, h, n int, chroma444 bool) []byte {
	format, cw, ch := "420jpeg", (w+1)/2, (h+1)/2
	if chroma444 {
		format, cw, ch = "444", w, h
	}
	clip := fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F24000:1001 Ip A1:1 C%s\n", w, h, format)
	for i := range n {
		clip = append(clip, "FRAME\n"...)
		for plane, size := range [][2]int{{w, h}, {cw, ch}, {cw, ch}} {
			for y := range size[1] {
				for x := range size[0] {
					clip = append(clip, byte(40+(x*3+y*5*(plane+1)+i*(7-plane)*(1+x/32))%160))
				}
			}
		}
	}
	return clip
}

// stream is an H.264 stream of another encoder, split into samples.
type stream struct {
	annexB   []byte
	sps, pps []byte
	samples  []Sample
}

// encode makes a stream with x264: one slice per picture, times delta apart.
func encode(t *testing.T, delta int64, clip []byte, args ...string) stream {
	t.Helper()
	cmd := exec.Command(testenv.Need(t, "x264"), append(args, "--quiet", "--threads", "1", "--demuxer", "y4m", "--muxer", "raw", "-o", "-", "-")...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(clip), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("x264: %v\n%s", err, stderr.String())
	}
	s := stream{annexB: out}
	s.split(t, delta)
	return s
}

// split makes samples of the byte stream. Where it reorders pictures, times come
// from the picture order counts, which count fields from the last IDR picture.
func (s *stream) split(t *testing.T, delta int64) {
	t.Helper()
	spsMap, ppsMap := map[uint32]*avc.SPS{}, map[uint32]*avc.PPS{}
	var data []byte
	var sps *avc.SPS
	var err error
	var reorder, idr, last int64 // pictures of delay; display indices of the last IDR picture and of the last
	for _, nal := range avc.ExtractNalusFromByteStream(s.annexB) {
		switch nalType(nal) {
		case nalSPS:
			if sps, err = avc.ParseSPSNALUnit(nal, true); err != nil {
				t.Fatal(err)
			}
			s.sps, spsMap[sps.ParameterID], reorder = nal, sps, int64(sps.VUI.MaxNumReorderFrames)
			continue
		case nalPPS:
			pps, err := avc.ParsePPSNALUnit(nal, spsMap)
			if err != nil {
				t.Fatal(err)
			}
			s.pps, ppsMap[pps.PicParameterSetID] = nal, pps
			continue
		}
		data = append(binary.BigEndian.AppendUint32(data, uint32(len(nal))), nal...)
		if nalType(nal) != 1 && nalType(nal) != 5 {
			continue // SEI, before its picture
		}
		header, err := avc.ParseSliceHeader(nal, spsMap, ppsMap)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(len(s.samples))
		pts := n
		if nalType(nal) == 5 {
			idr, last = n, n
		}
		if sps.PicOrderCntType == 0 {
			// The low bits are sent: the nearest to the last picture is meant.
			cycle := int64(8) << sps.Log2MaxPicOrderCntLsbMinus4 // in frames
			pts = idr + int64(header.PicOrderCntLsb/2)
			for pts < last-cycle/2 {
				pts += cycle
			}
			last = pts
		}
		s.samples = append(s.samples, Sample{Data: data, PTS: pts * delta, DTS: (n - reorder) * delta, Key: nalType(nal) == 5})
		data = nil
	}
}

// track is the stream's track.
func (s *stream) track() Track { return Track{SPS: s.sps, PPS: s.pps, Timescale: 24000} }

// probe is what the tests read from ffprobe.
type probe struct {
	Streams []struct {
		CodecName      string `json:"codec_name"`
		CodecTag       string `json:"codec_tag_string"`
		Profile        string
		Width, Height  int
		PixFmt         string `json:"pix_fmt"`
		SampleAspect   string `json:"sample_aspect_ratio"`
		DisplayAspect  string `json:"display_aspect_ratio"`
		Level          int
		ColorRange     string `json:"color_range"`
		ColorSpace     string `json:"color_space"`
		ColorTransfer  string `json:"color_transfer"`
		ColorPrimaries string `json:"color_primaries"`
		RealRate       string `json:"r_frame_rate"`
		AverageRate    string `json:"avg_frame_rate"`
		TimeBase       string `json:"time_base"`
		StartPTS       int64  `json:"start_pts"`
		Duration       int64  `json:"duration_ts"`
		BitRate        string `json:"bit_rate"`
		Frames         string `json:"nb_frames"`
		PacketsRead    string `json:"nb_read_packets"`
		Tags           map[string]string
	}
	Packets []struct {
		PTS, DTS, Duration int64
		Size, Pos          string
		Flags              string
	}
	Format struct {
		Name     string `json:"format_name"`
		Start    string `json:"start_time"`
		Duration string
		Tags     map[string]string
	}
}

// ffprobe reads a file. It fails the test if ffprobe has anything to say about it.
func ffprobe(t *testing.T, file []byte) (p probe) {
	t.Helper()
	cmd := exec.Command(testenv.Need(t, "ffprobe"), "-v", "warning", "-of", "json", "-count_packets",
		"-show_streams", "-show_format", "-show_packets", onDisk(t, "probe.mp4", file))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() != 0 {
		t.Fatalf("ffprobe: %v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Streams) != 1 {
		t.Fatalf("%d streams", len(p.Streams))
	}
	return p
}

func onDisk(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// frameHashes decodes with ffmpeg, which must not complain, and returns a hash
// of each frame's samples and its time.
func frameHashes(t *testing.T, name string, file []byte) (hashes []string, times []int64) {
	t.Helper()
	cmd := exec.Command(testenv.Need(t, "ffmpeg"), "-v", "warning", "-err_detect", "explode",
		"-i", onDisk(t, name, file), "-f", "framemd5", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() != 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, stderr.String())
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if f := strings.Split(line, ","); len(f) == 6 && f[0] == "0" {
			pts, err := strconv.ParseInt(strings.TrimSpace(f[2]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			hashes, times = append(hashes, f[5]), append(times, pts)
		}
	}
	return hashes, times
}

// streamCases are streams of all that ffprobe and ffmpeg are asked about.
var streamCases = []struct {
	name          string
	width, height int
	frames        int
	chroma444     bool
	args          []string
	profile       string
	pixFmt        string
	keys          []int
}{
	{"baseline", 192, 108, 50, false, []string{"--profile", "baseline", "--keyint", "20", "--min-keyint", "20", "--no-scenecut"}, "Constrained Baseline", "yuv420p", []int{0, 20, 40}},
	{"high with B pictures", 64, 48, 40, false, []string{"--profile", "high", "--bframes", "3", "--b-adapt", "0", "--b-pyramid", "normal", "--keyint", "250", "--no-scenecut"}, "High", "yuv420p", []int{0}},
	{"high 4:4:4 odd size", 35, 17, 25, true, []string{"--profile", "high444", "--output-csp", "i444", "--no-cabac", "--bframes", "0", "--keyint", "10", "--min-keyint", "10", "--no-scenecut"}, "High 4:4:4 Predictive", "yuv444p", []int{0, 10, 20}},
	{"one frame", 16, 16, 1, false, []string{"--profile", "baseline"}, "Constrained Baseline", "yuv420p", []int{0}},
}

func TestFFprobeAgrees(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffprobe")
	for _, c := range streamCases {
		t.Run(c.name, func(t *testing.T) {
			s := encode(t, 1001, y4m(c.width, c.height, c.frames, c.chroma444), c.args...)
			if len(s.samples) != c.frames {
				t.Fatalf("%d samples of %d frames", len(s.samples), c.frames)
			}
			s.samples[c.frames-1].Duration = 1001
			track := s.track()
			track.Width, track.Height = c.width, c.height
			track.Colour = Colour{Primaries: 5, Transfer: 4, Matrix: 6} // the stream itself doesn't say
			track.SampleAspect = Ratio{1, 1}
			file := mustMux(t, track, s.samples)
			checkSamples(t, file, parse(t, bytes.NewReader(file)), s.samples)
			p := ffprobe(t, file)
			v := p.Streams[0]

			wantText := func(what, got, want string) {
				t.Helper()
				if got != want {
					t.Errorf("%s is %q, want %q", what, got, want)
				}
			}
			wantText("format", p.Format.Name, "mov,mp4,m4a,3gp,3g2,mj2")
			wantText("major brand", p.Format.Tags["major_brand"], "isom")
			wantText("compatible brands", p.Format.Tags["compatible_brands"], "isomiso2avc1mp42")
			wantText("codec", v.CodecName+" "+v.CodecTag, "h264 avc1")
			wantText("profile", v.Profile, c.profile)
			wantText("pixel format", v.PixFmt, c.pixFmt)
			wantText("size", fmt.Sprint(v.Width, "x", v.Height), fmt.Sprint(c.width, "x", c.height))
			wantText("sample aspect", v.SampleAspect, "1:1")
			wantText("frames", v.Frames, strconv.Itoa(c.frames))
			wantText("packets", v.PacketsRead, strconv.Itoa(c.frames))
			wantText("average rate", v.AverageRate, "24000/1001")
			wantText("rate", v.RealRate, "24000/1001")
			wantText("time base", v.TimeBase, "1/24000")
			wantText("primaries", v.ColorPrimaries, "bt470bg")
			wantText("transfer", v.ColorTransfer, "bt470m")
			wantText("matrix", v.ColorSpace, "smpte170m")
			wantText("range", v.ColorRange, "tv")
			wantText("language", v.Tags["language"], "und")
			wantText("handler", v.Tags["handler_name"], "g264 video")
			wantText("encoder", v.Tags["encoder"], "g264")
			if v.Level != int(s.sps[3]) {
				t.Errorf("level %d, the SPS says %d", v.Level, s.sps[3])
			}
			if v.StartPTS != 0 || v.Duration != int64(c.frames)*1001 {
				t.Errorf("from %d for %d ticks, want 0 for %d", v.StartPTS, v.Duration, c.frames*1001)
			}
			wantText("duration", p.Format.Duration, fmt.Sprintf("%.6f", float64(c.frames*1001)/24000))

			var keys []int
			for i, packet := range p.Packets {
				w := s.samples[i]
				if packet.PTS != w.PTS || packet.DTS != w.DTS || packet.Duration != 1001 || packet.Size != strconv.Itoa(len(w.Data)) {
					t.Errorf("packet %d: PTS %d, DTS %d, duration %d, %s bytes; written were %d, %d, %d",
						i, packet.PTS, packet.DTS, packet.Duration, packet.Size, w.PTS, w.DTS, len(w.Data))
				}
				if strings.HasPrefix(packet.Flags, "K") {
					keys = append(keys, i)
				}
			}
			if !slices.Equal(keys, c.keys) {
				t.Errorf("key frames %v, want %v", keys, c.keys)
			}
		})
	}
}

func TestFFmpegDecodesTheSameFramesAtTheirTimes(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffmpeg")
	for _, c := range streamCases {
		t.Run(c.name, func(t *testing.T) {
			s := encode(t, 1001, y4m(c.width, c.height, c.frames, c.chroma444), c.args...)
			want, _ := frameHashes(t, "stream.264", s.annexB)
			got, times := frameHashes(t, "stream.mp4", mustMux(t, s.track(), s.samples))
			if len(got) != c.frames || !slices.Equal(got, want) {
				t.Errorf("%d frames decoded of %d, equal to the stream's: %v", len(got), c.frames, slices.Equal(got, want))
			}
			for i, pts := range times {
				if pts != int64(i)*1001 {
					t.Errorf("frame %d is shown at %d, want %d", i, pts, i*1001)
				}
			}
		})
	}
}

// A screencast's times: uneven, with a long still, in milliseconds.
func TestFFprobeReadsUnevenTimes(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffprobe")
	s := encode(t, 1, y4m(64, 48, 6, false), "--profile", "baseline")
	for _, start := range []int64{0, 2500} {
		times := []int64{0, 16, 100, 60100, 60101, 60499}
		for i := range s.samples {
			times[i] += start
			s.samples[i].PTS, s.samples[i].DTS = times[i], times[i]
		}
		s.samples[5].Duration = 1234
		track := s.track()
		track.Timescale = 1000
		p := ffprobe(t, mustMux(t, track, s.samples))
		if v := p.Streams[0]; v.StartPTS != start || p.Format.Start != fmt.Sprintf("%.6f", float64(start)/1000) {
			t.Errorf("starts at %d, the file at %s; want %d", v.StartPTS, p.Format.Start, start)
		}
		if end := fmt.Sprintf("%.6f", float64(times[5]+1234)/1000); p.Format.Duration != end {
			t.Errorf("from %d: the file lasts %s, want %s", start, p.Format.Duration, end)
		}
		for i, packet := range p.Packets {
			duration := int64(1234)
			if i < 5 {
				duration = times[i+1] - times[i]
			} else if start != 0 {
				duration = packet.Duration // ffmpeg 5.1 forgets the start when it looks for the end
			}
			if packet.PTS != times[i] || packet.DTS != times[i] || packet.Duration != duration {
				t.Errorf("packet %d: PTS %d, DTS %d, duration %d; want %d for %d", i, packet.PTS, packet.DTS, packet.Duration, times[i], duration)
			}
		}
	}
}

func TestFFprobeReadsLongTimes(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffprobe")
	s := encode(t, 1, y4m(16, 16, 4, false), "--profile", "baseline")
	for i := range s.samples { // 8.3 days of microseconds, more than 32 bits hold
		s.samples[i].PTS, s.samples[i].DTS = int64(i)*2_147_483_647, int64(i)*2_147_483_647
	}
	track := s.track()
	track.Timescale = 1_000_000
	p := ffprobe(t, mustMux(t, track, s.samples))
	if v := p.Streams[0]; v.Duration != 4*2_147_483_647 || p.Packets[3].PTS != 3*2_147_483_647 {
		t.Errorf("lasts %d, the last packet at %d", v.Duration, p.Packets[3].PTS)
	}
}

func TestFFprobeReadsAspectAndFullRange(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffprobe")
	s := encode(t, 1001, y4m(64, 48, 3, false), "--profile", "baseline", "--sar", "4:3", "--range", "pc",
		"--colorprim", "bt709", "--transfer", "bt709", "--colormatrix", "bt709")
	track := s.track()
	track.SampleAspect = Ratio{4, 3}
	track.Colour = Colour{Primaries: 1, Transfer: 1, Matrix: 1, FullRange: true}
	v := ffprobe(t, mustMux(t, track, s.samples)).Streams[0]
	if v.SampleAspect != "4:3" || v.DisplayAspect != "16:9" {
		t.Errorf("aspect %s, display %s", v.SampleAspect, v.DisplayAspect)
	}
	if v.ColorRange != "pc" || v.ColorSpace != "bt709" || v.ColorPrimaries != "bt709" || v.ColorTransfer != "bt709" {
		t.Errorf("colour %s %s %s %s", v.ColorRange, v.ColorSpace, v.ColorPrimaries, v.ColorTransfer)
	}
}

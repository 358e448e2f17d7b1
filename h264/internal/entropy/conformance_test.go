package entropy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/syntax"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// What the encoder writes, at every preset and profile, keeps to its profile and
// level (annex A), and its references and numbers to clause 7.4.
func TestStreamsConform(t *testing.T) {
	testenv.OneGoroutine(t)
	type format struct {
		profile       string
		width, height int
		subsampled    bool
		rate          uint32
	}
	formats := []format{
		{"baseline", 98, 66, true, 30}, {"main", 50, 82, true, 30}, {"high", 130, 34, true, 60},
		{"high444", 51, 67, false, 25}, {"auto", 66, 50, false, 30},
		{"auto", 112, 80, true, 3000}, // level 3.1, which limits the number of vectors
	}
	edits := []func(c *h264.Config){
		func(c *h264.Config) { c.KeyInt, c.CRF = 4, 20 },
		func(c *h264.Config) { c.CRF, c.MinKeyInt, c.NoMBTree = 8, 1, true },
		func(c *h264.Config) { c.RateControl, c.QP, c.NoCABAC = h264.ConstantQP, 14, true },
		func(c *h264.Config) { c.RateControl, c.QP, c.Delimiters = h264.ConstantQP, 1, true },
		func(c *h264.Config) { c.CRF, c.MaxRate, c.BufferSize, c.NoTransform8x8 = 12, 900, 700, true },
		func(c *h264.Config) { c.Profile, c.Lossless = "auto", true },
	}
	tools := map[string]int{}
	presets := h264.Presets()
	for i, f := range formats {
		for j, edit := range edits {
			for k, content := range []string{"moving", "cut", "text", "noise", "fade", "flicker"} {
				if (testing.Short() || content == "noise") && (i+j+k)%3 != 0 {
					continue
				}
				cfg := h264.Config{Profile: f.profile, Preset: presets[(i+j+k)%len(presets)], Width: f.width, Height: f.height,
					FrameRate: h264.Rational{Num: f.rate, Den: 1}, Threads: 1}
				if !f.subsampled {
					cfg.Chroma = h264.Chroma444
				}
				edit(&cfg)
				name := fmt.Sprintf("%s, %s, %s, settings %d", f.profile, cfg.Preset, content, j)
				c := checker{t: t, name: name, cfg: cfg, tools: tools}
				c.run(clip(content, f.width, f.height, 9, f.subsampled))
				if t.Failed() {
					return
				}
			}
		}
	}
	for _, tool := range []string{"CABAC", "CAVLC", "8x8 transform", "P8x8", "I_PCM", "ref_idx > 0", "weights", "reordering", "P_Skip", "IDR"} {
		if tools[tool] == 0 {
			t.Errorf("no stream has %s: %v", tool, tools)
		}
	}
}

// clip draws frames: those of package testvideo by name, a fade to black, and that
// fade with another scene between its pictures.
func clip(content string, width, height, frames int, subsampled bool) []testvideo.Frame {
	if content == "fade" {
		clip := testvideo.Clip(testvideo.Moving, width, height, frames, subsampled)
		for i := range clip {
			clip[i] = clip[i].Darkened(frames-i, frames)
		}
		return clip
	}
	if content == "flicker" {
		fade := clip("fade", width, height, frames, subsampled)
		other := testvideo.Clip(testvideo.Cut, width, height, frames, subsampled)
		for i := 1; i < frames; i += 2 {
			fade[i] = other[i]
		}
		return fade
	}
	at := slices.IndexFunc(testvideo.Contents, func(c testvideo.Content) bool { return c.String() == content })
	return testvideo.Clip(testvideo.Contents[at], width, height, frames, subsampled)
}

// checker reads a stream and complains of what breaks a limit.
type checker struct {
	t     *testing.T
	name  string
	cfg   h264.Config
	tools map[string]int // how often each was seen

	sps           *avc.SPS
	pps           *avc.PPS
	level         syntax.Level
	width, height int // in macroblocks

	picture  int
	idr      int   // idr_pic_id of the latest IDR picture, -1 before
	frameNum int   // of the latest picture
	held     []int // FrameNum of the reference pictures, the latest first
	backlog  int   // bits in the buffer of a decoder that reads at the level's rate
}

func (c *checker) errorf(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s: picture %d: %s", c.name, c.picture, fmt.Sprintf(format, args...))
}

// within complains of a value beyond its limit.
func (c *checker) within(what string, v, least, most int) {
	c.t.Helper()
	if v < least || v > most {
		c.errorf("%s is %d, not in %d to %d", what, v, least, most)
	}
}

// run encodes the clip and checks each access unit.
func (c *checker) run(clip []testvideo.Frame) {
	c.t.Helper()
	enc, err := h264.NewEncoder(c.cfg)
	if err != nil {
		c.t.Fatalf("%s: %v", c.name, err)
	}
	defer enc.Close()
	c.idr = -1
	for i, f := range clip {
		units, err := enc.Encode(&h264.Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)})
		if err != nil {
			c.t.Fatalf("%s: %v", c.name, err)
		}
		c.units(units)
	}
	for {
		units, err := enc.Flush()
		if err != nil {
			c.t.Fatalf("%s: %v", c.name, err)
		}
		if len(units) == 0 {
			break
		}
		c.units(units)
	}
	if c.picture != len(clip) {
		c.t.Errorf("%s: %d pictures of %d", c.name, c.picture, len(clip))
	}
}

func (c *checker) units(units []h264.AccessUnit) {
	c.t.Helper()
	for _, au := range units {
		pictures, size := 0, 0
		for _, nal := range au.NALs {
			size += len(nal)
			switch kind := avc.GetNaluType(nal[0]); kind {
			case avc.NALU_SPS:
				c.sequence(nal)
			case avc.NALU_PPS:
				c.parameters(nal)
			case avc.NALU_IDR, avc.NALU_NON_IDR:
				pictures++
				c.slice(nal, kind == avc.NALU_IDR)
			}
		}
		if pictures != 1 {
			c.errorf("%d slices", pictures)
		}
		c.compression(size)
		c.picture++
	}
}

// compression checks the size of an access unit against the level: MinCR, and the
// buffer that is filled at MaxBR. A constant QP leaves noise what it takes.
func (c *checker) compression(size int) {
	c.t.Helper()
	num, den := int(c.cfg.FrameRate.Num), int(c.cfg.FrameRate.Den)
	raw, minCR, factor := 384, 2, map[uint32]int{66: 1000, 77: 1000, 100: 1250, 244: 4000}[c.sps.Profile]
	if c.sps.ChromaFormatIDC == 3 {
		raw = 768
	}
	if idc := c.level.IDC; idc >= 31 && idc <= 40 {
		minCR = 4
	}
	mbs := c.level.MaxMBPS * den / num
	if c.picture == 0 {
		mbs = max(c.width*c.height, c.level.MaxMBPS/172)
	}
	c.backlog = max(c.backlog-factor*c.level.MaxBR*den/num, 0) + 8*size
	if c.cfg.RateControl == h264.ConstantQP && c.cfg.QP > 1 {
		return
	}
	c.within("bytes of an access unit", size, 0, raw*mbs/minCR)
	c.within("bits in the buffer", c.backlog, 0, factor*c.level.MaxCPB)
}

// sequence checks a sequence parameter set against profile and level.
func (c *checker) sequence(nal []byte) {
	c.t.Helper()
	sps, err := avc.ParseSPSNALUnit(nal, true)
	if err != nil {
		c.t.Fatalf("%s: %v", c.name, err)
	}
	c.sps = sps
	at := slices.IndexFunc(syntax.Levels[:], func(l syntax.Level) bool { return uint32(l.IDC) == sps.Level })
	if at < 0 {
		c.t.Fatalf("%s: level_idc %d", c.name, sps.Level)
	}
	c.level = syntax.Levels[at]
	unit := uint(1) // of cropping
	if sps.ChromaFormatIDC == 1 {
		unit = 2
	}
	c.width = int(sps.Width+unit*(sps.FrameCropLeftOffset+sps.FrameCropRightOffset)) / 16
	c.height = int(sps.Height+unit*(sps.FrameCropTopOffset+sps.FrameCropBottomOffset)) / 16
	if int(sps.Width) != c.cfg.Width || int(sps.Height) != c.cfg.Height || !sps.FrameMbsOnlyFlag {
		c.errorf("pictures of %dx%d, frame_mbs_only_flag %t", sps.Width, sps.Height, sps.FrameMbsOnlyFlag)
	}

	const set1 = 0x40 // constraint_set1_flag
	chroma := [2]int{1, 1}
	switch sps.Profile {
	case 66:
		if sps.ProfileCompatibility&set1 == 0 {
			c.errorf("profile_idc 66 without constraint_set1_flag")
		}
	case 77, 100:
	case 244:
		chroma[1] = 3
	default:
		c.errorf("profile_idc %d", sps.Profile)
	}
	if want := map[string]uint32{"baseline": 66, "main": 77, "high": 100, "high444": 244}[c.cfg.Profile]; want != 0 && sps.Profile != want {
		c.errorf("profile_idc %d, want %d", sps.Profile, want)
	}
	if sps.Profile < 100 && sps.SeqScalingMatrixPresentFlag || sps.Profile != 244 && sps.QPPrimeYZeroTransformBypassFlag {
		c.errorf("tools that profile_idc %d hasn't", sps.Profile)
	}
	c.within("chroma_format_idc", int(sps.ChromaFormatIDC), chroma[0], chroma[1])
	c.within("bit depths", int(sps.BitDepthLumaMinus8+sps.BitDepthChromaMinus8), 0, 0)

	mbs, rate := c.width*c.height, c.cfg.FrameRate
	c.within("PicSizeInMbs", mbs, 1, c.level.MaxFS)
	for _, side := range []int{c.width, c.height} {
		c.within("a side's square", side*side, 1, 8*c.level.MaxFS)
	}
	c.within("macroblocks per second", mbs*int(rate.Num)/int(rate.Den), 1, c.level.MaxMBPS)
	frames := min(c.level.MaxDpbMbs/mbs, 16)
	c.within("max_num_ref_frames", int(sps.NumRefFrames), 1, frames)
	vui := sps.VUI
	if vui == nil || !vui.BitstreamRestrictionFlag {
		c.t.Fatalf("%s: no bitstream restriction", c.name)
	}
	c.within("max_dec_frame_buffering", int(vui.MaxDecFrameBuffering), int(sps.NumRefFrames), frames)
	c.within("max_num_reorder_frames", int(vui.MaxNumReorderFrames), 0, 0)
	// With pic_order_cnt_type 2 the order of output is that of decoding.
	c.within("pic_order_cnt_type", int(sps.PicOrderCntType), 2, 2)

	factor := map[uint32]int{66: 1000, 77: 1000, 100: 1250, 244: 4000}[sps.Profile] // cpbBrVclFactor
	c.within("the maximum rate", c.cfg.MaxRate*1000, 0, factor*c.level.MaxBR)
	c.within("the buffer", c.cfg.BufferSize*1000, 0, factor*c.level.MaxCPB)
}

// parameters checks a picture parameter set against the profile.
func (c *checker) parameters(nal []byte) {
	c.t.Helper()
	pps, err := avc.ParsePPSNALUnit(nal, map[uint32]*avc.SPS{c.sps.ParameterID: c.sps})
	if err != nil {
		c.t.Fatalf("%s: %v", c.name, err)
	}
	c.pps = pps
	if pps.NumSliceGroupsMinus1 != 0 || pps.RedundantPicCntPresentFlag {
		c.errorf("tools of Extended and Baseline only")
	}
	if c.sps.Profile == 66 && (pps.EntropyCodingModeFlag || pps.WeightedPredFlag || pps.WeightedBipredIDC != 0) {
		c.errorf("tools that Baseline hasn't")
	}
	if c.sps.Profile < 100 && (pps.Transform8x8ModeFlag || pps.PicScalingMatrixPresentFlag) {
		c.errorf("tools of High")
	}
	c.within("chroma_qp_index_offset", pps.ChromaQpIndexOffset, -12, 12)
}

// slice checks a slice, which must be a whole picture.
func (c *checker) slice(nal []byte, idr bool) {
	c.t.Helper()
	r := entropy.NewRBSP(rbsp(nal[1:]))
	h := c.header(r, nal, idr)
	mbs, err := r.Macroblocks(c.width, c.height, c.sps.ChromaFormatIDC == 3, c.pps.EntropyCodingModeFlag, &h)
	if err != nil {
		c.errorf("%v", err)
		return
	}
	c.tools[map[bool]string{false: "CAVLC", true: "CABAC"}[c.pps.EntropyCodingModeFlag]]++
	rawBits := 384 * 8
	if c.sps.ChromaFormatIDC == 3 {
		rawBits = 768 * 8
	}
	before := 0 // vectors of the macroblock before
	for i := range mbs {
		mb := &mbs[i]
		c.within("bits of a macroblock", mb.Bits, 0, 128+rawBits)
		c.within("QP", int(mb.QP), 0, 51)
		if mb.Transform8x8 && !c.pps.Transform8x8ModeFlag {
			c.errorf("macroblock %d has the 8x8 transform", i)
		}
		vectors := c.motion(mb)
		c.within("vectors of two macroblocks", before+vectors, 0, c.level.MaxMvsPer2Mb)
		before = vectors
		for tool, used := range map[string]bool{
			"8x8 transform": mb.Transform8x8, "P8x8": mb.Type == macroblock.P8x8, "I_PCM": mb.Type == macroblock.IPCM,
			"P_Skip": mb.Type == macroblock.PSkip, "ref_idx > 0": slices.Max(mb.Ref[:]) > 0, "IDR": idr,
		} {
			if used {
				c.tools[tool]++
			}
		}
	}
}

// motion checks the vectors of a macroblock and counts them.
func (c *checker) motion(mb *entropy.ReadMB) int {
	c.t.Helper()
	if mb.Type.IsIntra() {
		return 0
	}
	for _, mv := range mb.MV {
		c.within("a horizontal vector", int(mv.X), -2048*4, 2048*4-1)
		c.within("a vertical vector", int(mv.Y), -c.level.MaxVmvR*4, c.level.MaxVmvR*4-1)
		for _, v := range [][2]int{{int(mv.X), int(c.sps.VUI.Log2MaxMvLengthHorizontal)}, {int(mv.Y), int(c.sps.VUI.Log2MaxMvLengthVertical)}} {
			c.within("a vector", v[0], -1<<v[1], 1<<v[1]-1)
		}
	}
	if mb.Type != macroblock.P8x8 {
		return [...]int{macroblock.PSkip: 1, macroblock.P16x16: 1, macroblock.P16x8: 2, macroblock.P8x16: 2}[mb.Type]
	}
	count := 0
	for q, sub := range mb.Sub {
		count += [...]int{1, 2, 2, 4}[sub]
		if sub == macroblock.Sub8x8 || c.sps.Profile != 66 || c.level.IDC > 30 {
			continue
		}
		// MaxSubMbRectSize, of which Baseline up to level 3 permits 576.
		low, high := [2]int{1 << 20, 1 << 20}, [2]int{-1 << 20, -1 << 20}
		for i := range 4 {
			mv := mb.MV[(q/2*2+i/2)*4+q%2*2+i%2]
			for k, v := range [2]int{i%2*4 + int(mv.X>>2), i/2*4 + int(mv.Y>>2)} {
				low[k], high[k] = min(low[k], v), max(high[k], v+3)
			}
		}
		c.within("the samples of a sub-macroblock", (high[0]-low[0]+6)*(high[1]-low[1]+6), 0, 576)
	}
	return count
}

// header reads a slice header (7.3.3) beside mp4ff and checks what it says.
func (c *checker) header(r *entropy.RBSP, nal []byte, idr bool) entropy.Slice {
	c.t.Helper()
	theirs, err := avc.ParseSliceHeader(nal, map[uint32]*avc.SPS{c.sps.ParameterID: c.sps}, map[uint32]*avc.PPS{c.pps.PicParameterSetID: c.pps})
	if err != nil {
		c.errorf("%v", err)
	}
	reference := nal[0]>>5&3 != 0
	c.within("first_mb_in_slice", r.UE(), 0, 0)
	kind := r.UE() % 5
	if kind != 0 && kind != 2 || idr && kind != 2 || !reference {
		c.errorf("slice_type %d, IDR %t, nal_ref_idc %d", kind, idr, nal[0]>>5&3)
	}
	c.within("pic_parameter_set_id", r.UE(), int(c.pps.PicParameterSetID), int(c.pps.PicParameterSetID))
	frameNumBits := int(c.sps.Log2MaxFrameNumMinus4 + 4)
	frameNum := r.U(frameNumBits)
	if idr {
		id := r.UE()
		if c.within("idr_pic_id", id, 0, 65535); id == c.idr {
			c.errorf("idr_pic_id %d as before", id)
		}
		c.idr, c.frameNum, c.held = id, -1, nil
	}
	if want := (c.frameNum + 1) & (1<<frameNumBits - 1); frameNum != want || err == nil && int(theirs.FrameNum) != frameNum {
		c.errorf("frame_num %d, want %d", frameNum, want)
	}
	s := entropy.Slice{P: kind == 0, Transform8x8: c.pps.Transform8x8ModeFlag}
	if s.P {
		s.NumRefIdx = c.references(r, frameNum, 1<<frameNumBits)
		if c.pps.WeightedPredFlag {
			c.weights(r, s.NumRefIdx)
		}
	}
	if idr {
		c.within("no_output_of_prior_pics_flag and long_term_reference_flag", r.U(2), 0, 0)
	} else {
		c.within("adaptive_ref_pic_marking_mode_flag", r.U(1), 0, 0)
	}
	if c.pps.EntropyCodingModeFlag && s.P {
		id := r.UE()
		c.within("cabac_init_idc", id, 0, 2)
		s.CABACInitIDC = uint8(id)
	}
	delta := r.SE()
	if err == nil && int(theirs.SliceQPDelta) != delta {
		c.errorf("slice_qp_delta %d, mp4ff reads %d", delta, theirs.SliceQPDelta)
	}
	s.QP = 26 + c.pps.PicInitQpMinus26 + delta
	c.within("SliceQP", s.QP, 0, 51)
	if c.pps.DeblockingFilterControlPresentFlag {
		if mode := r.UE(); mode != 1 {
			c.within("disable_deblocking_filter_idc", mode, 0, 2)
			c.within("slice_alpha_c0_offset_div2", r.SE(), -6, 6)
			c.within("slice_beta_offset_div2", r.SE(), -6, 6)
		}
	}
	if r.Failed() {
		c.errorf("the slice ends in its header")
	}
	// The sliding window (8.2.5.3).
	c.frameNum = frameNum
	c.held = append([]int{frameNum}, c.held...)
	c.held = c.held[:min(len(c.held), int(c.sps.NumRefFrames))]
	return s
}

// references reads how many references a P slice has and their order (8.2.4):
// each must be a picture that is held.
func (c *checker) references(r *entropy.RBSP, frameNum, maxFrameNum int) int {
	c.t.Helper()
	count := int(c.pps.NumRefIdxI0DefaultActiveMinus1) + 1
	if r.U(1) == 1 {
		count = r.UE() + 1
	}
	modified, pred, named := r.U(1) == 1, frameNum, 0
	for modified && !r.Failed() {
		idc := r.UE()
		if idc == 3 {
			break
		}
		step := r.UE() + 1
		c.within("abs_diff_pic_num_minus1 + 1", step, 1, maxFrameNum)
		switch idc {
		case 0:
			pred -= step
		case 1:
			pred += step
		default:
			c.errorf("modification_of_pic_nums_idc %d", idc)
		}
		if pred &= maxFrameNum - 1; !slices.Contains(c.held, pred) {
			c.errorf("the list names picture %d, held are %v", pred, c.held)
		}
		named++
		c.tools["reordering"]++
	}
	c.within("pictures named", named, 0, count)
	most := len(c.held)
	if named > 0 {
		most = max(most, count) // one picture may stand more than once
	}
	c.within("num_ref_idx_l0_active", count, 1, min(most, 32))
	return count
}

// weights reads pred_weight_table (7.3.3.2).
func (c *checker) weights(r *entropy.RBSP, refs int) {
	c.t.Helper()
	denominators := [2]int{r.UE(), r.UE()}
	for range refs {
		for k, planes := range []int{1, 2} {
			c.within("log2_weight_denom", denominators[k], 0, 7)
			if r.U(1) == 0 {
				continue
			}
			c.tools["weights"]++
			for range planes {
				c.within("a weight", r.SE(), -128, 127)
				c.within("an offset", r.SE(), -128, 127)
			}
		}
	}
}

// rbsp takes emulation_prevention_three_bytes out of a NAL unit's payload.
func rbsp(payload []byte) []byte {
	out, zeros := make([]byte, 0, len(payload)), 0
	for _, b := range payload {
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		if zeros++; b != 0 {
			zeros = 0
		}
		out = append(out, b)
	}
	return out
}

package h264

import (
	"github.com/g264/g264/h264/internal/ratecontrol"
	"github.com/g264/g264/h264/internal/syntax"
)

// What much content takes at CRF 23, in bits a macroblock: its pictures in the mean,
// and the largest ones. It doubles with every 6 less.
const (
	muchBits    = 80
	largestBits = 6 * muchBits
)

// detail is how many times that much pictures of so many macroblocks may take in the
// mean: they show more in each the smaller they are.
func detail(mbs int) int64 {
	switch {
	case mbs <= 400:
		return 4
	case mbs <= 1800:
		return 2
	}
	return 1
}

// rawBits is the size of a macroblock that is not compressed, its type included.
func (c *Config) rawBits() int64 {
	if c.Chroma == Chroma444 {
		return 8*3*256 + 16
	}
	return 8*(256+2*64) + 16
}

// roomy raises a level to what the configuration may take, in bit rate, buffer and
// size of pictures. What takes more is coded more coarsely: see leash. Streams
// whose QP is fixed can't be; their level has room for what they take at most.
func (c *Config) roomy(l syntax.Level, p syntax.Profile, mbs int) syntax.Level {
	mean, largest := c.rawBits(), c.rawBits()
	switch {
	case c.Lossless:
	case c.RateControl == ConstantQP:
		mean, largest = c.expected(c.QP-4, mbs) // I pictures are that much finer
	case c.MaxRate > 0 || c.RateControl == AverageBitrate:
		mean, largest = 0, largestBits
	default:
		mean, largest = c.expected(int(c.CRF), mbs)
	}
	perSecond := mean * int64(mbs) * int64(c.FrameRate.Num) / int64(c.FrameRate.Den)
	l = l.Carrying(p, max(perSecond, 1000*int64(max(c.Bitrate, c.MaxRate))), 1000*int64(c.BufferSize))
	if t, ok := c.tuned(); ok && t.dense > 0 {
		largest = min(largest*int64(t.dense), c.rawBits())
	}
	for _, next := range syntax.Levels {
		if most, first := c.maxPictureBytes(l, mbs); next.IDC > l.IDC && min(most, first)*8 < largest*int64(mbs) {
			l = next
		}
	}
	return l
}

// maxPictureBytes is the largest size of pictures that a level permits, and that of
// a stream's first.
func (c *Config) maxPictureBytes(l syntax.Level, mbs int) (most, first int64) {
	format := uint8(syntax.Chroma420)
	if c.Chroma == Chroma444 {
		format = syntax.Chroma444
	}
	return l.MaxPictureBytes(format, c.FrameRate.Num, c.FrameRate.Den), l.MaxFirstBytes(format, mbs)
}

// expected is the mean and the largest size of pictures of so many macroblocks, in
// bits a macroblock, that much content takes at a CRF.
func (c *Config) expected(crf, mbs int) (mean, largest int64) {
	finer := 23 - crf + 48                                              // eight octaves keep it positive
	scale := [6]int64{64, 72, 81, 91, 102, 114}[finer%6] << (finer / 6) // in 1/16384
	if c.Chroma == Chroma444 {
		scale *= 2
	}
	raw := c.rawBits()
	return min(detail(mbs)*muchBits*scale>>14, raw), min(largestBits*scale>>14, raw)
}

// leash keeps access units to what the level permits: each in size (MinCR), and all
// of them in the buffer of a decoder that reads at the level's greatest rate.
type leash struct {
	most, first  int64 // bits of a picture, and of the first one; 0: no leash
	buffer, rate int64 // bits, and 1/256 bits a picture
	backlog      int64 // 1/256 bits that are in the buffer when all of a picture has come
	begun        bool
	maxQP        int // in 1/256
}

// newLeash makes the leash of a level, none where QP is fixed or no level runs at
// the frame rate.
func (c *Config) newLeash(l syntax.Level, p syntax.Profile, mbs int) leash {
	if c.RateControl == ConstantQP || !l.Runs(mbs, c.FrameRate.Num, c.FrameRate.Den) {
		return leash{}
	}
	most, first := c.maxPictureBytes(l, mbs)
	return leash{
		most: 8 * most, first: 8 * first,
		buffer: l.MaxCPBBits(p), rate: c.pictureBits(int(l.MaxBitRate(p) / 1000)),
		maxQP: ratecontrol.Fine * min(c.QPMax, 51),
	}
}

// keep takes note of an access unit of that many bits, coded with qp in 1/256, or
// returns the QP that it must be coded with anew because it is too large.
func (l *leash) keep(bits int64, qp int) (again int) {
	if l.most == 0 {
		return 0
	}
	most := l.most
	if !l.begun {
		most = l.first
	}
	const fine = ratecontrol.Fine
	backlog := max(l.backlog-l.rate, 0)
	most = min(most, l.buffer-backlog/fine)
	// QP of macroblocks differ from the picture's: beyond the greatest of one they rise still.
	if highest := l.maxQP + 12*fine; bits > most && qp < highest {
		over := (bits - most) * 6 * fine / max(most, 1)
		return min(qp+int(min(max(over, fine), 8*fine)), highest)
	}
	l.begun, l.backlog = true, backlog+bits*fine
	return 0
}

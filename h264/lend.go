package h264

// Lend returns a picture in the encoder's own memory to be filled, for Encode to
// take without a copy. Its planes have room for whole macroblocks; what Encode needs
// of them is what it needs of any picture. The picture is valid until the next
// Encode, unless that refuses its picture (ErrPicture): who writes to it later spoils
// this video or another encoder's. Asked again before, Lend returns the same.
func (e *Encoder) Lend() (*Picture, error) {
	if e.ended() {
		return nil, ErrClosed
	}
	if e.lent == nil {
		e.lent = e.sources.take()
		e.lent.Disown()
	}
	p := &e.lent.Planes
	e.lentPicture = Picture{Y: p[0].Pix, Cb: p[1].Pix, Cr: p[2].Pix, YStride: p[0].Stride, CStride: p[1].Stride}
	return &e.lentPicture, nil
}

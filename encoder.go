package g264

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"strings"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/mux"
)

// Errors that a caller can test for with errors.Is.
var (
	ErrOptions  = errors.New("g264: invalid options")
	ErrFrame    = errors.New("g264: invalid frame") // the frame is not in the file; the encoder goes on
	ErrMemory   = errors.New("g264: memory limit")
	ErrNoFrames = errors.New("g264: no frames, nothing written")
	ErrClosed   = errors.New("g264: encoder is closed")
	ErrAborted  = errors.New("g264: encoder was aborted")
	ErrWithin   = errors.New("g264: a method other than Abort is called in the middle of a call")
)

// Encoder takes frames and writes a video. One goroutine uses it at a time;
// separate encoders may run at once, and share nothing that either could see.
// With more than one thread its own goroutines code between its calls too: they
// end with the frames that it was given, and none is left after Close, Abort or an
// error that stops the encoder.
//
// A frame is taken or refused whole. After a refused frame ([ErrFrame],
// [ErrMemory]) the encoder is as it was before, and the frames before it will be
// in the file. An error of the io.Writer, and the end of the context, stop the
// encoder: every later call returns that same error. What the encoder calls of the
// caller's, the io.Writer, an image or OnReconstruction's function, may call Abort;
// other methods return [ErrWithin] then.
type Encoder struct {
	o       Options
	ctx     context.Context
	out     output
	clock   clock
	convert converter

	// From the first frame, or from Options at once.
	width, height int           // of the frames
	sps           []byte        // of the stream
	coder         *h264.Encoder // nil before
	unwatch       func() bool   // ends the watch of ctx for coder
	file          *mux.Writer   // nil where access units go straight out

	data  []byte   // the access unit being written
	times []timing // of frames taken that have not come out of coder
	tally tally
	show  func(Frame) error // gets the reconstruction

	running  bool // a call that may call the caller's functions
	closed   bool
	closeErr error // what Close returned, once closed
	err      error // what stopped the encoder
}

// timing is a frame's time in the file and how long it lasts if it is the last,
// in media units, and its time as the caller has it.
type timing struct{ pts, duration, ticks int64 }

// NewEncoder returns an encoder that writes a video to w. A Progressive MP4 is
// held until Close writes it; the other layouts and an Annex B stream are written
// as the frames come. Nothing is written before the first frame. After each
// fragment w's method Flush is called, if it has one as bufio.Writer and
// http.Flusher do. Errors wrap ErrOptions or ErrMemory.
func NewEncoder(w io.Writer, o Options) (*Encoder, error) {
	return NewEncoderContext(context.Background(), w, o)
}

// NewEncoderContext is NewEncoder with a context. Once it has ended, the call
// that is running or the next one stops the encoder as Abort does and returns an
// error that wraps the context's; a file that Close is just writing stays
// unfinished.
func NewEncoderContext(ctx context.Context, w io.Writer, o Options) (*Encoder, error) {
	if w == nil {
		return nil, fmt.Errorf("%w: the io.Writer is nil", ErrOptions)
	}
	return newEncoder(ctx, output{w: w}, o)
}

func newEncoder(ctx context.Context, out output, o Options) (*Encoder, error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: the context is nil", ErrOptions)
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := out.suits(&o); err != nil {
		return nil, err
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	out.ctx = ctx
	e := &Encoder{o: o, ctx: ctx, out: out, clock: newClock(&o), convert: newConverter(&o)}
	e.convert.colour.Stop = e.stopped
	if o.Width != 0 {
		if err := e.open(o.Width, o.Height, ErrOptions); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Encode adds an image. The size of the first is the size of all, unless
// Options said it. YCbCr images of every subsampling, NYCbCrA, RGBA, NRGBA,
// Gray and Paletted have fast paths; any other image is read through At.
//
// image.YCbCr is full-range BT.601 by definition (JFIF) and is converted to the
// file's colour; where Options ask for just that colour its samples are kept.
// Transparent images are laid on Options.Background.
func (e *Encoder) Encode(img image.Image) error {
	if img == nil {
		if err := e.ready(); err != nil {
			return err
		}
		return fmt.Errorf("%w: the image is nil", ErrFrame)
	}
	return e.encode(&Frame{Image: img})
}

// EncodeBGR adds a frame of 8-bit blue, green and red, OpenCV's and gocv's
// layout: pix holds the rows from the top, stride bytes apart. The size is that
// of Options, which must say it, or of a frame before.
func (e *Encoder) EncodeBGR(pix []uint8, stride int) error {
	return e.encode(&Frame{Format: BGR, Pix: pix, Stride: stride})
}

// EncodeFrame adds a frame of any kind, with a time or a forced key frame.
func (e *Encoder) EncodeFrame(f Frame) error { return e.encode(&f) }

// Lend returns a planar frame in the encoder's own memory, to be filled and given
// to EncodeFrame, which then copies nothing: of the size, which must be known by
// Options or a frame before, and of Options.Chroma. It is valid until the next frame,
// unless that is refused (what a refused image was read from may stand in it then):
// who writes to it later spoils this video or another encoder's. Asked again before,
// Lend returns the same memory.
func (e *Encoder) Lend() (Frame, error) {
	if err := e.ready(); err != nil {
		return Frame{}, err
	}
	e.running = true
	defer func() { e.running = false }()
	if e.coder == nil && e.o.Width == 0 {
		return Frame{}, fmt.Errorf("%w: Lend needs Options.Width and Options.Height, or a frame before", ErrFrame)
	}
	if err := e.opened(e.o.Width, e.o.Height); err != nil {
		return Frame{}, err
	}
	pic, err := e.coder.Lend()
	if err != nil {
		return Frame{}, e.interrupted(err)
	}
	f := Frame{
		Format: YUV420P, Y: pic.Y, Cb: pic.Cb, Cr: pic.Cr, YStride: pic.YStride, CStride: pic.CStride,
		Width: e.width, Height: e.height,
	}
	if e.o.Chroma == Chroma444 {
		f.Format = YUV444P
	}
	return f, nil
}

// Close writes what is left and finishes the file. It must be called, and its
// error checked: an MP4 file is written here. Without any frame it writes
// nothing and returns ErrNoFrames. It does not close the io.Writer. Called
// again, it returns what it returned first; ErrWithin doesn't count.
func (e *Encoder) Close() error {
	if e.running {
		return ErrWithin
	}
	if !e.closed {
		e.closeErr = e.finish()
		e.closed = true
		e.release()
	}
	return e.closeErr
}

// Abort stops the encoder without finishing the file: nothing more is written,
// and later calls return ErrAborted. After Close it does nothing, so it can be
// deferred.
func (e *Encoder) Abort() {
	if !e.closed && e.err == nil {
		e.out.err = ErrAborted // for a call of the writer that is going on
		e.stop(ErrAborted)
	}
}

// OnReconstruction has f called with every frame as a decoder will show it, in
// the order of showing: a planar Frame in the file's colour, with its PTS where
// Options has a TimeBase. In 4:2:0 odd sizes are rounded up. The Frame's planes
// are valid until f returns; an error of f stops the encoder. It must be set
// before the first frame.
func (e *Encoder) OnReconstruction(f func(Frame) error) error {
	if err := e.ready(); err != nil {
		return err
	}
	if e.clock.frames > 0 {
		return fmt.Errorf("%w: OnReconstruction after %d frames; want it before the first", ErrOptions, e.clock.frames)
	}
	e.show = f
	if e.coder != nil { // opened without
		e.reset()
	}
	return nil
}

// ready returns the error that every call returns by now, if any.
func (e *Encoder) ready() error {
	switch {
	case e.running:
		return ErrWithin
	case e.err != nil:
		return e.err
	case e.closed || e.ctx == nil: // the zero Encoder is not open
		return ErrClosed
	case e.out.calling: // and has panicked: something is lost
		return e.stop(ErrAborted)
	}
	if err := ended(e.ctx); err != nil {
		return e.stop(err)
	}
	return nil
}

// stopped returns an error once the encoder has stopped, or its context ended.
func (e *Encoder) stopped() error {
	if e.err != nil {
		return e.err
	}
	return ended(e.ctx)
}

// encode takes one frame or refuses it whole.
func (e *Encoder) encode(f *Frame) error {
	if err := e.ready(); err != nil {
		return err
	}
	e.running = true
	returned := false
	defer func() {
		e.running = false
		if !returned && e.clock.frames == 0 && e.o.Width == 0 {
			e.reset() // an image that panics decides no size
		}
	}()
	err := e.take(f)
	returned = true
	return err
}

// take is encode of an encoder that is ready.
func (e *Encoder) take(f *Frame) error {
	width, height, err := e.sizeOf(f)
	if err != nil {
		return err
	}
	if err := f.check(width, height); err != nil {
		return err
	}
	clock := e.clock
	pts, err := clock.place(f)
	if err != nil {
		return err
	}
	if err := e.opened(width, height); err != nil {
		return err
	}
	units, err := e.code(f, pts)
	if err != nil {
		switch {
		case !errors.Is(err, ErrFrame):
			return e.stop(err)
		case e.clock.frames == 0 && e.o.Width == 0:
			e.reset() // a refused frame decides no size
		}
		return err
	}
	e.clock = clock
	e.times = append(e.times, timing{pts, clock.lastDuration(), clock.time()})
	if clock.frames == 1 && pts >= 0 && e.file != nil {
		if err := e.file.Begin(); err != nil {
			return e.stop(e.out.cause(err))
		}
		if e.err != nil {
			return e.err
		}
	}
	return e.deliver(units)
}

// sizeOf returns the size that a frame has or takes from the encoder, after
// checking that it is the encoder's.
func (e *Encoder) sizeOf(f *Frame) (width, height int, err error) {
	width, height, err = f.size()
	known, source := e.width != 0, "the size of the first frame"
	if e.o.Width != 0 {
		source = "the size in Options"
	}
	switch {
	case err != nil:
		return 0, 0, err
	case width == 0 && !known:
		return 0, 0, fmt.Errorf("%w: its size is not known; want Options.Width and Options.Height set", ErrFrame)
	case width == 0:
		return e.width, e.height, nil
	case known && (width != e.width || height != e.height):
		return 0, 0, badFrame("size", fmt.Sprintf("%dx%d", width, height), fmt.Sprintf("%dx%d, %s", e.width, e.height, source))
	case width > maxSide || height > maxSide:
		return 0, 0, badFrame("size", fmt.Sprintf("%dx%d", width, height), fmt.Sprintf("sides up to %d", maxSide))
	}
	return width, height, nil
}

// opened makes the coder and the file for frames of a size if they aren't made
// yet.
func (e *Encoder) opened(width, height int) error {
	if e.coder != nil {
		return nil
	}
	err := e.open(width, height, ErrFrame)
	if err != nil && e.out.err != nil {
		return e.stop(err)
	}
	return err
}

// open makes the coder and the file for frames of a size. What the coder
// refuses wraps blame.
func (e *Encoder) open(width, height int, blame error) error {
	cfg := e.o.h264(e.o.codedSize(width, height))
	cfg.Reconstruction = e.show != nil
	coder, err := h264.NewEncoder(cfg)
	if err != nil {
		if errors.Is(err, h264.ErrMemory) {
			return wrap(ErrMemory, h264.ErrMemory, err)
		}
		return wrap(blame, h264.ErrConfig, err)
	}
	if e.o.Format == MP4 {
		if e.file, err = e.out.file(&e.o, e.o.track(coder, e.clock.scale)); err != nil {
			coder.Close()
			if errors.Is(err, mux.ErrTrack) {
				return wrap(blame, mux.ErrTrack, err)
			}
			return e.out.cause(err)
		}
	}
	e.coder, e.width, e.height, e.sps = coder, width, height, coder.SPS()
	e.unwatch = context.AfterFunc(e.ctx, coder.Interrupt)
	e.tally.size(&e.o, width, height)
	return nil
}

// code converts a frame and codes it at a time.
func (e *Encoder) code(f *Frame, pts int64) ([]h264.AccessUnit, error) {
	defer e.convert.release()
	pic, err := e.convert.convert(e.coder, f, e.width, e.height)
	switch {
	case e.err != nil:
		return nil, e.err
	case err != nil:
		return nil, e.interrupted(err)
	}
	pic.PTS, pic.ForceKey = pts, f.ForceKey
	units, err := e.coder.Encode(pic)
	if errors.Is(err, h264.ErrPicture) {
		return nil, wrap(ErrFrame, h264.ErrPicture, err)
	}
	return units, e.interrupted(err)
}

// interrupted returns the reason of a coder's error if that is the context's end. Where
// it is none, a call has panicked before, and its caller went on.
func (e *Encoder) interrupted(err error) error {
	if !errors.Is(err, h264.ErrClosed) {
		return err
	}
	if why := ended(e.ctx); why != nil {
		return why
	}
	return ErrClosed
}

// deliver writes access units.
func (e *Encoder) deliver(units []h264.AccessUnit) error {
	for i := range units {
		au := &units[i]
		at := e.timeOf(au.PTS)
		err := e.write(au, at.duration)
		if err == nil {
			e.tally.add(au, len(e.data))
			err = e.shown(au, at.ticks)
		}
		switch {
		case e.err != nil: // what was called has called Abort
			return e.err
		case err != nil:
			return e.stop(err)
		}
	}
	return nil
}

// shown calls what OnReconstruction was given.
func (e *Encoder) shown(au *h264.AccessUnit, ticks int64) error {
	if e.show == nil {
		return nil
	}
	e.out.calling = true
	err := e.show(e.reconstruction(au, ticks))
	e.out.calling = false
	if err != nil {
		return fmt.Errorf("g264: OnReconstruction: %w", err)
	}
	return nil
}

func (e *Encoder) write(au *h264.AccessUnit, duration int64) error {
	if e.file == nil {
		e.data = au.AppendAnnexB(e.data[:0])
		_, err := e.out.Write(e.data)
		return err
	}
	e.data = au.AppendAVCC(e.data[:0])
	return e.out.cause(e.file.WriteSample(mux.Sample{
		Data: e.data, PTS: au.PTS, DTS: au.DTS, Duration: duration, Key: au.Key,
		// At a constant rate the next one follows at once, unless pictures are reordered.
		Certain: !e.clock.variable && au.DTS == au.PTS,
	}))
}

// timeOf takes the times of the frame at a time from the list.
func (e *Encoder) timeOf(pts int64) timing {
	i := slices.IndexFunc(e.times, func(t timing) bool { return t.pts == pts })
	t := e.times[i]
	e.times = slices.Delete(e.times, i, i+1)
	return t
}

func (e *Encoder) reconstruction(au *h264.AccessUnit, ticks int64) Frame {
	pic := au.Reconstruction
	f := Frame{
		Format: YUV420P, Y: pic.Y, Cb: pic.Cb, Cr: pic.Cr, YStride: pic.YStride, CStride: pic.CStride, ForceKey: au.Key,
	}
	f.Width, f.Height = e.o.codedSize(e.width, e.height)
	if e.o.Chroma == Chroma444 {
		f.Format = YUV444P
	}
	if e.clock.variable {
		f.PTS = At(ticks)
	}
	return f
}

// finish is the first Close.
func (e *Encoder) finish() error {
	if err := e.ready(); err != nil {
		return err
	}
	if e.clock.frames == 0 {
		return ErrNoFrames
	}
	e.running = true
	defer func() { e.running = false }()
	for left := true; left; {
		units, err := e.coder.Flush()
		if err != nil {
			return e.stop(e.interrupted(err))
		}
		if err := e.deliver(units); err != nil {
			return err
		}
		left = len(units) > 0
	}
	if e.file == nil {
		return nil
	}
	switch err := e.file.Close(); {
	case e.err != nil:
		return e.err
	case err != nil:
		return e.stop(e.out.cause(err))
	}
	return nil
}

// stop ends the encoder with the error that every later call returns.
func (e *Encoder) stop(err error) error {
	e.err = err
	e.release()
	return err
}

// release gives memory back.
func (e *Encoder) release() {
	if e.coder != nil {
		e.unwatch()
		e.coder.Close()
	}
	e.coder, e.file, e.data, e.times = nil, nil, nil, nil
}

// reset undoes open.
func (e *Encoder) reset() {
	e.release()
	e.width, e.height = e.o.Width, e.o.Height
}

// ended returns an error once a context has ended, which wraps its error and cause.
func ended(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != err {
		return fmt.Errorf("g264: %w: %w", err, cause)
	}
	return fmt.Errorf("g264: %w", err)
}

// wrapped is another package's error under a sentinel of this one, and without
// saying twice what kind it is.
type wrapped struct {
	sentinel, err error
	text          string
}

// wrap puts err, which says that it is a theirs, under a sentinel.
func wrap(sentinel, theirs, err error) error {
	return &wrapped{sentinel, err, sentinel.Error() + ": " + strings.TrimPrefix(err.Error(), theirs.Error()+": ")}
}

func (w *wrapped) Error() string   { return w.text }
func (w *wrapped) Unwrap() []error { return []error{w.sentinel, w.err} }

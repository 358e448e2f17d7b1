// Package g264 turns frames that a Go program holds in memory into an MP4 that
// it holds in memory: colour conversion, an H.264 encoder and an MP4 writer in
// Go alone, without cgo, external programs or temporary files.
//
//	var file bytes.Buffer
//	enc, err := g264.NewEncoder(&file, g264.Options{FrameRate: g264.FPS(23.976), CRF: 20})
//	if err != nil {
//		return err
//	}
//	defer enc.Abort()
//	for _, img := range images {
//		if err := enc.Encode(img); err != nil {
//			return err
//		}
//	}
//	return enc.Close() // file holds the MP4
//
// The zero [Options] is a good default: 4:2:0, CRF 23, preset medium, 25 frames
// per second. [Encoder.Encode] takes any image.Image, [Encoder.EncodeBGR] the
// bytes of OpenCV and gocv, [Encoder.EncodeFrame] packed pixels and planes with
// strides, times and forced key frames; [EncodeAll] and [WriteAll] take an
// iterator.
//
// # What plays
//
// 4:2:0, the default, plays everywhere. [Chroma444] keeps coloured text and
// edges sharp, and plays in Chrome, Firefox, VLC, mpv and ffmpeg, but not in
// Safari nor on most hardware decoders.
//
// # Colour
//
// A file is BT.709 in limited range unless Options say otherwise, and says so
// both in the stream and in the container. RGB and JPEG images are converted to
// that; planar frames are taken to be in it already. A 4:2:0 file has an even
// size: the last column or row of odd frames is repeated. A 4:4:4 file has the
// exact size.
//
// # Files and streams
//
// [Options.Layout] decides when bytes leave: Progressive holds the file until
// Close; Fragmented writes it piece by piece to any io.Writer, for streams and
// for recordings that may break off; Seekable writes into a file as frames come.
// [NewSegmentEncoder] hands the pieces to a function.
//
// # Time
//
// Frame rates are exact fractions ([FPS], [Rational]). Without Options.TimeBase
// every frame lasts one frame of the rate. With it, frames carry their own
// times or durations in its ticks, and the file holds them exactly. The file
// starts with its first frame.
//
// # Promises
//
// The same frames and options give the same bytes on every platform and for
// every number of threads. A frame's buffer can be used again once the call has
// returned. Steady state allocates nothing per frame; memory grows with the
// picture's size, and with the length of the video only in a Progressive file,
// which waits in memory for Close, and by a few bytes a frame in a Seekable one.
// An encoder that has ended leaves the memory of its pictures to the next with the
// same demand, or to the garbage collector.
// Bad input gives an error that names what is wrong, never a panic; a refused
// frame leaves the encoder usable.
package g264

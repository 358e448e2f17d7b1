package g264_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/abema/go-mp4"
	"github.com/g264/g264"
)

// picture draws a frame: a bar that moves over a dark background.
func picture(number int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 192, 108))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{40}), image.Point{}, draw.Src)
	bar := image.Rect(4*number, 20, 4*number+16, 88)
	draw.Draw(img, bar, image.NewUniform(color.RGBA{40, 90, 255, 255}), image.Point{}, draw.Src)
	return img
}

// A loop over frames makes an MP4 in a []byte.
func Example() {
	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, g264.Options{FrameRate: g264.FPS(23.976), CRF: 20})
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < 48; i++ {
		if err := enc.Encode(picture(i)); err != nil {
			log.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		log.Fatal(err)
	}

	var video []byte = file.Bytes()
	stats := enc.Stats()
	fmt.Printf("%d frames, %v, %q\n", stats.Frames, stats.Duration, video[4:8])
	// Output: 48 frames, 2.002s, "ftyp"
}

// The video goes to a server straight from memory.
func Example_httpPost() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		info, err := mp4.Probe(bytes.NewReader(body))
		if err != nil || len(info.Tracks) != 1 || info.Tracks[0].AVC == nil {
			http.Error(w, "not a video", http.StatusUnsupportedMediaType)
			return
		}
		video := info.Tracks[0]
		fmt.Fprintf(w, "%s of %dx%d, %d frames at %d/%d per second", r.Header.Get("Content-Type"),
			video.AVC.Width, video.AVC.Height, len(video.Samples), video.Timescale, video.Samples[0].TimeDelta)
	}))
	defer server.Close()

	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, g264.Options{FrameRate: g264.FPS(29.97)})
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < 10; i++ {
		if err := enc.Encode(picture(i)); err != nil {
			log.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		log.Fatal(err)
	}

	resp, err := http.Post(server.URL, "video/mp4", &file)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, string(answer))
	// Output: 200 video/mp4 of 192x108, 10 frames at 30000/1001 per second
}

// mat stands for a gocv.Mat of type MatTypeCV8UC3.
type mat struct {
	rows, cols int
	data       []uint8
}

func (m mat) Rows() int                       { return m.rows }
func (m mat) Cols() int                       { return m.cols }
func (m mat) Step() int                       { return 3 * m.cols }
func (m mat) DataPtrUint8() ([]uint8, error)  { return m.data, nil }
func (m mat) set(row, col int, b, g, r uint8) { copy(m.data[row*m.Step()+3*col:], []uint8{b, g, r}) }

// Frames of OpenCV and gocv are BGR. The size has to be in Options, since bytes
// don't tell it. A Mat can be used again after the call.
func ExampleEncoder_EncodeBGR() {
	frame := mat{rows: 108, cols: 192, data: make([]uint8, 108*192*3)}

	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, g264.Options{
		Width: frame.Cols(), Height: frame.Rows(), FrameRate: g264.FPS(25), Chroma: g264.Chroma444,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer enc.Abort() // where an error ends the function before Close

	for i := 0; i < 5; i++ {
		for row := 0; row < frame.Rows(); row++ {
			frame.set(row, 10+i, 255, 0, 0) // a blue line
		}
		data, err := frame.DataPtrUint8()
		if err != nil {
			log.Fatal(err)
		}
		if err := enc.EncodeBGR(data, frame.Step()); err != nil {
			log.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(enc.Stats().Frames, "frames")
	// Output: 5 frames
}

// Frames with times of their own: each is shown from its PTS to the next.
func ExampleEncoder_EncodeFrame() {
	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, g264.Options{TimeBase: g264.Rational{Num: 1, Den: 1000}})
	if err != nil {
		log.Fatal(err)
	}
	for i, ms := range []int64{0, 40, 500} {
		frame := g264.Frame{Image: picture(i), PTS: g264.At(ms), ForceKey: ms == 500}
		if ms == 500 {
			frame.Duration = 1000 // how long the last one stays
		}
		if err := enc.EncodeFrame(frame); err != nil {
			log.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		log.Fatal(err)
	}
	stats := enc.Stats()
	fmt.Println(stats.Frames, "frames,", stats.KeyFrames, "key frames,", stats.Duration)
	// Output: 3 frames, 2 key frames, 1.5s
}

// An iterator that can fail is a video in one call.
func ExampleEncodeAll() {
	frames := func(yield func(image.Image, error) bool) {
		for i := 0; i < 12; i++ {
			if !yield(picture(i), nil) {
				return
			}
		}
	}
	video, err := g264.EncodeAll(frames, g264.Options{})
	if err != nil {
		log.Fatal(err)
	}
	info, err := mp4.Probe(bytes.NewReader(video))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(info.Tracks[0].Samples), "frames")
	// Output: 12 frames
}

func ExampleFPS() {
	fmt.Println(g264.FPS(25), g264.FPS(23.976), g264.FPS(59.94), g264.FPS(14.25), g264.FPS(0.5))
	// Output: 25 24000/1001 60000/1001 57/4 1/2
}

// Options can be read from a configuration file.
func ExampleOptions() {
	config := `{"FrameRate": "30000/1001", "Chroma": "444", "Preset": "slow", "CRF": 17}`
	var o g264.Options
	if err := json.Unmarshal([]byte(config), &o); err != nil {
		log.Fatal(err)
	}
	fmt.Println(o.FrameRate, o.Chroma, o.Preset, o.CRF, o.Validate())

	o.CRF = 99
	fmt.Println(o.Validate())
	// Output:
	// 30000/1001 444 slow 17 <nil>
	// g264: invalid options: CRF is 99; want 1 to 51, or 0 for 23
}

// Command colour measures the conversion of BGR to planar YUV beside OpenCV's
// cvtColor and ffmpeg's swscale (through PyAV): one frame, one thread, in turns,
// in one run.
//
//	go run ./colour
//
// It needs Debian's python3-opencv and python3-av.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/python"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/colorconv"
	"github.com/g264/g264/internal/testvideo"
)

func main() {
	log.SetFlags(0)
	width := flag.Int("width", 1920, "of the frame")
	height := flag.Int("height", 1080, "of the frame")
	rounds := flag.Int("rounds", 15, "runs of each side that count, of 10 frames each")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	if err := compare(os.Stdout, *width, *height, *rounds); err != nil {
		log.Fatal("colour: ", err)
	}
}

const perRun = 10 // frames

// target is how many times as fast as OpenCV the conversion shall be.
const target = 2

func compare(w io.Writer, width, height, rounds int) error {
	peer, err := python.Start("cv2", "av")
	if err != nil {
		return err
	}
	defer peer.Close()
	frame := texture(width, height)
	clip := video.Clip{PixFmt: "bgr24", Width: width, Height: height, Rate: g264.FPS(25), Frames: [][]uint8{frame}}
	if err := peer.Load(&clip); err != nil {
		return err
	}
	fmt.Fprintf(w, "One frame of %dx%d BGR to planar YUV, one thread; ms are the best of %d runs; OpenCV %s, swscale of PyAV %s.\n\n",
		width, height, rounds, peer.Versions["cv2"], peer.Versions["av"])
	table := measure.NewTable("to", "g264 ms", "OpenCV ms", "swscale ms", "times OpenCV's speed", "times swscale's speed", "target", "met")
	for _, chroma := range []string{"420", "444"} {
		convert, err := converter(width, height, chroma, frame)
		if err != nil {
			return err
		}
		other := func(with string) measure.Side {
			return measure.Side{Name: with, Run: func() (measure.Took, error) { return peer.Convert(with, chroma, perRun) }}
		}
		times, err := measure.Interleave(rounds, measure.Side{Name: "g264", Run: convert}, other("cvtcolor"), other("swscale"))
		if err != nil {
			return err
		}
		if err := row(table, chroma, times); err != nil {
			return err
		}
	}
	table.Print(w)
	return nil
}

// texture is a frame of BGR whose pixels all differ from their neighbours.
func texture(width, height int) []uint8 {
	f := testvideo.Render(testvideo.Moving, width, height, 0, false)
	pix := make([]uint8, 0, 3*width*height)
	for i := range f.Y {
		pix = append(pix, f.Cb[i], f.Y[i], f.Cr[i])
	}
	return pix
}

// converter returns what converts the frame perRun times and says what one took.
func converter(width, height int, chroma string, pix []uint8) (func() (measure.Took, error), error) {
	dst, err := colorconv.NewYUV(width, height, chroma == "420")
	if err != nil {
		return nil, err
	}
	c := colorconv.New(colorconv.Space{}, [3]uint8{})
	if err := c.Packed(dst, colorconv.BGR, pix, 3*width); err != nil {
		return nil, err
	}
	return func() (measure.Took, error) {
		took, err := measure.Time(func() error {
			for range perRun {
				if err := c.Packed(dst, colorconv.BGR, pix, 3*width); err != nil {
					return err
				}
			}
			return nil
		})
		return measure.Took{Wall: took.Wall / perRun, CPU: took.CPU / perRun}, err
	}, nil
}

// row adds what g264, OpenCV and swscale took.
func row(table *measure.Table, chroma string, times []measure.Times) error {
	ms := func(t measure.Times) float64 { return float64(t.Best()) / float64(time.Millisecond) }
	ours := ms(times[0])
	speed := ms(times[1]) / ours
	table.Row(chroma, ours, ms(times[1]), ms(times[2]), speed, ms(times[2])/ours, target, measure.Verdict(speed >= target))
	return measure.Goal{
		Figure:  fmt.Sprintf("BGR at 1920x1080 to %s, one thread: ms beside OpenCV's", chroma),
		Reached: fmt.Sprintf("%s : %s, %s times as fast", measure.Figure(ours), measure.Figure(ms(times[1])), measure.Figure(speed)),
		Target:  fmt.Sprintf("%d times", target), Met: speed >= target, Command: "go run ./colour",
	}.Tell()
}

// Package python runs the encoders and converters that Python programs use,
// PyAV and OpenCV, in a process of their own that is told when to work: so both
// sides of a comparison can take turns.
package python

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

//go:embed peer.py
var script string

// Debian's interpreter comes first: its modules are packages (python3-av,
// python3-opencv).
var interpreters = []string{"/usr/bin/python3", "python3"}

// Peer is the other process.
type Peer struct {
	cmd      *exec.Cmd
	requests io.WriteCloser
	answers  *bufio.Reader
	Versions map[string]string // of the modules
}

// Start starts a Python that has the modules: av, cv2.
func Start(modules ...string) (*Peer, error) {
	var errs []error
	for _, interpreter := range interpreters {
		p, err := start(interpreter, modules)
		if err == nil {
			return p, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("%w\nDebian has the modules as python3-av and python3-opencv", errors.Join(errs...))
}

func start(interpreter string, modules []string) (*Peer, error) {
	p := &Peer{cmd: exec.Command(interpreter, "-c", script), Versions: map[string]string{}}
	p.cmd.Stderr = os.Stderr
	var err error
	if p.requests, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.answers = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for _, module := range modules {
		answer, err := p.ask(request{Do: "use", Module: module})
		if err != nil {
			p.Close()
			return nil, fmt.Errorf("%s: %w", interpreter, err)
		}
		p.Versions[module] = answer.Version
	}
	return p, nil
}

// request is what peer.py understands.
type request struct {
	Do      string   `json:"do"`
	Module  string   `json:"module,omitempty"`
	Path    string   `json:"path,omitempty"`
	Width   int      `json:"width,omitempty"`
	Height  int      `json:"height,omitempty"`
	Rate    [2]int64 `json:"rate,omitempty"`
	Format  string   `json:"format,omitempty"`
	Preset  string   `json:"preset,omitempty"`
	CRF     float64  `json:"crf,omitempty"`
	Threads int      `json:"threads,omitempty"`
	Out     string   `json:"out,omitempty"`
	Chroma  string   `json:"chroma,omitempty"`
	Times   int      `json:"times,omitempty"`
}

// answer is what peer.py says; times in seconds.
type answer struct {
	Wall, CPU float64
	Version   string
	Error     string
}

func (a answer) took() measure.Took {
	return measure.Took{Wall: seconds(a.Wall), CPU: seconds(a.CPU)}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (p *Peer) ask(r request) (a answer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.requests.Write(append(line, '\n')); err != nil {
		return a, fmt.Errorf("python: %s: %w", r.Do, err)
	}
	if line, err = p.answers.ReadBytes('\n'); err != nil {
		return a, fmt.Errorf("python: %s: %w", r.Do, err)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, fmt.Errorf("python: %s: %w", r.Do, err)
	}
	if a.Error != "" {
		return a, fmt.Errorf("python: %s: %s", r.Do, a.Error)
	}
	return a, nil
}

// Load hands a clip of bgr24 over, through a file that is gone again after.
func (p *Peer) Load(c *video.Clip) error {
	file, err := os.CreateTemp("", "g264-bench-*.bgr")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	file.Close()
	if err := c.WriteRaw(file.Name()); err != nil {
		return err
	}
	_, err = p.ask(request{Do: "load", Path: file.Name(), Width: c.Width, Height: c.Height})
	return err
}

// Encoding is what PyAV is asked to make of the loaded clip.
type Encoding struct {
	Clip    *video.Clip
	Format  string // yuv420p, yuv444p
	Preset  string
	CRF     float64
	Threads int
	Out     string // file to leave the MP4 in; "" for none
}

// Encode has PyAV encode the loaded clip with x264, from BGR in memory to an
// MP4 in memory.
func (p *Peer) Encode(e Encoding) (measure.Took, error) {
	a, err := p.ask(request{
		Do: "encode", Width: e.Clip.Width, Height: e.Clip.Height, Rate: rate(e.Clip.Rate),
		Format: e.Format, Preset: e.Preset, CRF: e.CRF, Threads: e.Threads, Out: e.Out,
	})
	return a.took(), err
}

func rate(r g264.Rational) [2]int64 { return [2]int64{int64(r.Num), int64(r.Den)} }

// Convert has OpenCV ("cvtcolor") or swscale ("swscale") convert the first
// frame of the loaded clip to "420" or "444", a number of times; what it took
// is per frame.
func (p *Peer) Convert(with, chroma string, times int) (measure.Took, error) {
	a, err := p.ask(request{Do: with, Chroma: chroma, Times: times})
	return a.took(), err
}

// Close ends the process.
func (p *Peer) Close() error {
	p.requests.Close()
	return p.cmd.Wait()
}

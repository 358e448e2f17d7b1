package main

import (
	"errors"
	"os"

	"github.com/g264/g264"
)

// output is a file that g264 writes, or standard output. That the file can be
// written shows when it is opened, but what stands in it is kept until the
// first byte comes, and after an error no half-written file is left.
type output struct {
	*os.File
	std     bool // standard output: not ours to close
	created bool // there was no such file before
	regular bool
	begun   bool // something has been written
	keep    bool // what has been written is worth something after an error
}

// openOutput opens a file to be written, with os.O_WRONLY or os.O_RDWR, or
// standard output for "-". A file that is also one of the others is refused.
func openOutput(path string, access int, stdout *os.File, others []os.FileInfo) (*output, error) {
	if path == "-" {
		if isTerminal(stdout) {
			return nil, usagef("standard output is a terminal; send it to a file or a program, or name a file")
		}
		return &output{File: stdout, std: true}, nil
	}
	_, err := os.Stat(path)
	created := errors.Is(err, os.ErrNotExist)
	f, err := os.OpenFile(path, access|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	o := &output{File: f, created: created}
	info, err := f.Stat()
	if err != nil {
		o.discard()
		return nil, err
	}
	o.regular = info.Mode().IsRegular()
	for _, other := range others {
		if o.regular && os.SameFile(info, other) {
			o.discard()
			return nil, usagef("%s would be both read and written, or written twice", path)
		}
	}
	return o, nil
}

// Write writes to the file, which the first call empties.
func (o *output) Write(p []byte) (int, error) {
	if !o.begun {
		o.begun = true
		if o.regular && !o.created {
			if err := o.Truncate(0); err != nil {
				return 0, err
			}
		}
	}
	return o.File.Write(p)
}

// finish closes the file after success.
func (o *output) finish() error {
	if o.std {
		return nil
	}
	return o.Close()
}

// discard closes the file after an error and removes it, unless what it held
// before is untouched, or what has been written plays.
func (o *output) discard() {
	if o.std {
		return
	}
	o.Close()
	if o.keep && o.begun {
		return
	}
	if o.regular && (o.created || o.begun) {
		os.Remove(o.Name())
	}
}

// outputs are the files of one encoding: the video and what --recon asks for.
type outputs struct {
	video *output // nil if only figures are wanted
	recon *reconstruction
}

// openOutputs opens the files before anything is encoded.
func (c *command) openOutputs() (o *outputs, err error) {
	o = &outputs{}
	others := c.inputFiles()
	if c.out != "" {
		access := os.O_WRONLY
		if c.options.FastStart {
			access = os.O_RDWR
		}
		if o.video, err = openOutput(c.out, access, c.stdout, others); err != nil {
			return nil, err
		}
		o.video.keep = c.options.Layout == g264.Fragmented
		if info, err := o.video.Stat(); err == nil {
			others = append(others, info)
		}
	}
	if c.recon != "" {
		file, err := openOutput(c.recon, os.O_WRONLY, c.stdout, others)
		if err != nil {
			o.discard()
			return nil, err
		}
		o.recon = &reconstruction{out: file}
	}
	return o, nil
}

// inputFiles returns what the system knows of the inputs.
func (c *command) inputFiles() []os.FileInfo {
	var files []os.FileInfo
	for _, path := range c.inputs {
		stat := func() (os.FileInfo, error) { return os.Stat(path) }
		if path == "-" {
			stat = c.stdin.Stat
		}
		if info, err := stat(); err == nil {
			files = append(files, info)
		}
	}
	return files
}

// finish completes and closes all files, or removes them all.
func (o *outputs) finish() error {
	var err error
	if o.recon != nil {
		err = o.recon.finish()
	}
	if o.video != nil && err == nil {
		err = o.video.finish()
	}
	if err != nil {
		o.discard()
	}
	return err
}

// discard removes all files after an error.
func (o *outputs) discard() {
	if o.video != nil {
		o.video.discard()
	}
	if o.recon != nil {
		o.recon.out.discard()
	}
}

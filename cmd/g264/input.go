package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
)

// input is an opened INPUT: a buffered reader that can be looked ahead.
type input struct {
	*bufio.Reader
	name string // as messages call it
	file *os.File
	std  bool  // standard input: not ours to close
	size int64 // of a regular file; -1 where nobody knows
}

// lookAhead is more than any kind of input needs to be recognised.
const lookAhead = 1 << 16

// openInput opens a file, or standard input for "-". The end of the context
// ends the reading of what may block.
func openInput(ctx context.Context, path string, stdin *os.File) (*input, error) {
	in := &input{name: path, size: -1}
	if path == "-" {
		in.name, in.file, in.std = "standard input", stdin, true
	} else {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		in.file = f
	}
	var r io.Reader = in.file
	info, err := in.file.Stat()
	switch {
	case err == nil && info.IsDir():
		in.Close()
		return nil, fmt.Errorf("%s is a folder", in.name)
	case err == nil && info.Mode().IsRegular():
		in.size = info.Size()
	default:
		r = interruptible(ctx, in.file)
	}
	in.Reader = bufio.NewReaderSize(r, lookAhead)
	return in, nil
}

// interruptible reads a pipe or a terminal, where a read can wait for ever; the
// end of the context ends the wait. The goroutine that waits in truth is left
// to the end of the program.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	pr, pw := io.Pipe()
	context.AfterFunc(ctx, func() { pw.CloseWithError(context.Cause(ctx)) })
	go func() {
		_, err := io.Copy(pw, r)
		pw.CloseWithError(err)
	}()
	return pr
}

// startsWith looks ahead.
func (in *input) startsWith(magic string) bool {
	head, _ := in.Peek(len(magic))
	return string(head) == magic
}

// Close closes a file.
func (in *input) Close() error {
	if in.std {
		return nil
	}
	return in.file.Close()
}

package mux

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// faultyFile is a file in memory that fails at a byte written, or at a call.
type faultyFile struct {
	memoryFile
	room  int // bytes that it still takes; -1: any number
	calls int // of Seek and Read until one fails; -1: none does
	err   error
	fails int // how often it has failed
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if f.room >= 0 && len(p) > f.room {
		n, _ := f.memoryFile.Write(p[:f.room])
		f.room = 0
		f.fails++
		return n, f.err // without an error: a short write
	}
	if f.room >= 0 {
		f.room -= len(p)
	}
	return f.memoryFile.Write(p)
}

func (f *faultyFile) call() error {
	if f.calls == 0 {
		f.fails++
		return f.err
	}
	f.calls--
	return nil
}

func (f *faultyFile) Seek(offset int64, whence int) (int64, error) {
	if err := f.call(); err != nil {
		return 0, err
	}
	return f.memoryFile.Seek(offset, whence)
}

func (f *faultyFile) Read(p []byte) (int, error) {
	if err := f.call(); err != nil {
		return 0, err
	}
	return f.memoryFile.Read(p)
}

// In every layout a writer that fails at any byte, or takes less than it is given,
// or a file that can't be sought or read, stops the Writer: the error is
// returned, stays, and nothing more is written. What a fragmented file has by
// then is what it would have anyway.
func TestFaultsAtEveryByteStopEveryLayout(t *testing.T) {
	samples := constantRate(7, 3, 1001)
	boom := errors.New("boom")
	for _, l := range layouts {
		if l.o.MoovSpace > 1000 {
			l.o.MoovSpace = 1200 // fewer bytes to go through
		}
		good := &faultyFile{room: 1 << 30, calls: 1 << 30}
		w, err := NewWriter(good, testTrack(), l.o)
		if err != nil {
			t.Fatal(err)
		}
		writeSamples(t, w, samples)
		written, calls := 1<<30-good.room, 1<<30-good.calls

		try := func(f *faultyFile, want error) {
			t.Helper()
			w, err := NewWriter(f, testTrack(), l.o)
			if err != nil {
				if !errors.Is(err, want) {
					t.Fatalf("%s: %v", l.name, err)
				}
				return
			}
			var first error
			for i := range samples {
				if err := w.WriteSample(samples[i]); first == nil {
					first = err
				} else if err != first {
					t.Fatalf("%s: %v, then %v", l.name, first, err)
				}
			}
			err = w.Close()
			if first == nil {
				first = err
			}
			if !errors.Is(first, want) || err != first || w.Close() != first || w.WriteSample(samples[0]) != first {
				t.Fatalf("%s: error %v, Close returns %v; want %v", l.name, first, err, want)
			}
			if f.fails != 1 {
				t.Fatalf("%s: %d calls failed", l.name, f.fails)
			}
			if l.o.Layout != Seekable && !bytes.HasPrefix(good.data, f.data) {
				t.Fatalf("%s: what was written is no part of the file", l.name)
			}
		}
		for n := range written {
			try(&faultyFile{room: n, calls: -1, err: boom}, boom)
			try(&faultyFile{room: n, calls: -1}, io.ErrShortWrite)
		}
		for n := range calls {
			try(&faultyFile{room: -1, calls: n, err: boom}, boom)
		}
	}
}

// stalling blocks in every call until it is told to go on.
type stalling struct {
	file       io.ReadWriteSeeker
	at, resume chan struct{}
}

func (s *stalling) wait() { s.at <- struct{}{}; <-s.resume }

func (s *stalling) Write(p []byte) (int, error) {
	given := bytes.Clone(p)
	s.wait()
	if !bytes.Equal(p, given) {
		return 0, errors.New("the bytes changed during Write")
	}
	return s.file.Write(p)
}

func (s *stalling) Seek(offset int64, whence int) (int64, error) {
	s.wait()
	return s.file.Seek(offset, whence)
}

func (s *stalling) Read(p []byte) (int, error) {
	s.wait()
	return s.file.Read(p)
}

// A writer that stalls gets the same file, and what it is given doesn't change
// meanwhile.
func TestStallingWriterGetsTheSameFile(t *testing.T) {
	samples := constantRate(9, 3, 1001)
	for _, l := range layouts {
		want := muxAs(t, testTrack(), l.o, samples)
		file := &memoryFile{}
		s := &stalling{file, make(chan struct{}), make(chan struct{})}
		done := make(chan error)
		go func() {
			w, err := NewWriter(s, testTrack(), l.o)
			for i := 0; i < len(samples) && err == nil; i++ {
				sample := samples[i]
				sample.Data = bytes.Clone(sample.Data)
				err = w.WriteSample(sample)
				clear(sample.Data)
			}
			if err == nil {
				err = w.Close()
			}
			done <- err
		}()
		for stalls := 0; ; stalls++ {
			select {
			case <-s.at:
				s.resume <- struct{}{}
				continue
			case err := <-done:
				if err != nil || !bytes.Equal(file.data, want) {
					t.Errorf("%s: another file after %d stalls, %v", l.name, stalls, err)
				}
			}
			break
		}
	}
}

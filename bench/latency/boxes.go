package main

import (
	"encoding/binary"
	"fmt"
)

// boxes counts what is written: calls, and the boxes of an MP4 that hold media
// and are complete. After each call it calls after.
type boxes struct {
	writes, media int
	after         func()

	head []byte // of the box that begins
	left int    // bytes to come of the box that is being written
	kind string
}

func (b *boxes) Write(p []byte) (int, error) {
	n := len(p)
	b.writes++
	if err := b.follow(p); err != nil {
		return 0, err
	}
	b.after()
	return n, nil
}

// follow goes through boxes (ISO/IEC 14496-12, 4.2) of fewer than 2^31 bytes. A
// byte stream begins with a start code, which is no box.
func (b *boxes) follow(p []byte) error {
	for len(p) > 0 && b.kind != "byte stream" {
		if b.left == 0 {
			take := min(8-len(b.head), len(p))
			b.head = append(b.head, p[:take]...)
			p = p[take:]
			if len(b.head) < 8 {
				return nil
			}
			size := binary.BigEndian.Uint32(b.head)
			b.kind = string(b.head[4:])
			b.head = b.head[:0]
			switch {
			case size == 1 && b.media == 0:
				b.kind = "byte stream"
				return nil
			case size < 8 || size >= 1<<31:
				return fmt.Errorf("a box %q of %d bytes", b.kind, size)
			}
			b.left = int(size) - 8
		}
		take := min(b.left, len(p))
		b.left -= take
		p = p[take:]
		if b.left == 0 && b.kind == "mdat" {
			b.media++
		}
	}
	return nil
}

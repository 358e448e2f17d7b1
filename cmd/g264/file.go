package main

import (
	"errors"
	"flag"
	"time"

	"github.com/g264/g264"
)

// fileFlags are the flags for what stands around the video in an MP4.
func (s *settings) fileFlags(flags *flag.FlagSet) {
	o := &s.options
	flags.Func("layout", "", named(&o.Layout))
	flags.Func("frag-duration", "", func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return errors.New("want a positive time, such as 500ms or 2s")
		}
		o.FragmentDuration = d
		return nil
	})
	flags.Func("frag-index", "", named(&o.FragmentIndex))
	flags.BoolVar(&o.FastStart, "faststart", false, "")
	flags.StringVar(&o.Title, "title", "", "")
	flags.StringVar(&o.Comment, "comment", "", "")
	flags.Func("rotate", "", func(v string) error {
		switch v {
		case "0", "90", "180", "270":
			return whole(&o.Rotation, v, 0, 270)
		}
		return errors.New("want 0, 90, 180 or 270 degrees clockwise")
	})
	flags.Func("creation-time", "", func(v string) error {
		if v == "now" {
			o.CreationTime = time.Now().UTC().Truncate(time.Second)
			return nil
		}
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
			if t, err := time.Parse(layout, v); err == nil {
				o.CreationTime = t.UTC()
				return nil
			}
		}
		return errors.New("want a time such as 2024-02-29T12:00:00Z or 2024-02-29, or now")
	})
}

// checkFile lets flags that only one layout has choose it.
func (s *settings) checkFile() error {
	o := &s.options
	for _, f := range []struct {
		name   string
		layout g264.Layout
	}{{"frag-duration", g264.Fragmented}, {"frag-index", g264.Fragmented}, {"faststart", g264.Seekable}} {
		switch {
		case !s.given[f.name]:
		case !s.given["layout"] && o.Layout == g264.Progressive:
			o.Layout = f.layout
		case o.Layout != f.layout:
			return usagef("--%s is for --layout %s, not %s", f.name, f.layout, o.Layout)
		}
	}
	return nil
}

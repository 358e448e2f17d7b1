package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/g264/g264/bench/internal/measure"
)

// shares are parts of an encoding's processor time, together 1.
type shares struct{ sad, satd, dsp, colour, rest float64 }

// readProfile adds up a .cpuprofile of V8 by the names that Go gives functions.
func readProfile(data []byte) (s shares, err error) {
	var profile struct {
		Nodes []struct {
			ID        int
			CallFrame struct{ FunctionName string }
		}
		Samples    []int
		TimeDeltas []float64 // microseconds from a sample to the next
	}
	if err := json.Unmarshal(data, &profile); err != nil {
		return s, err
	}
	if len(profile.Samples) != len(profile.TimeDeltas) {
		return s, errors.New("the profile's samples and times differ in number")
	}
	names := map[int]string{}
	for _, n := range profile.Nodes {
		names[n.ID] = n.CallFrame.FunctionName
	}
	total := 0.0
	for i, id := range profile.Samples {
		if part := s.part(names[id]); part != nil {
			*part += profile.TimeDeltas[i]
			total += profile.TimeDeltas[i]
		}
	}
	if s.dsp == 0 {
		return s, errors.New("the profile knows no function of package dsp")
	}
	for _, part := range []*float64{&s.sad, &s.satd, &s.dsp, &s.colour, &s.rest} {
		*part /= total
	}
	return s, nil
}

// part is where a function's time counts; nil for what is no work.
func (s *shares) part(function string) *float64 {
	if kernel, ok := strings.CutPrefix(function, "github.com_g264_g264_internal_dsp."); ok {
		kernel = strings.ToLower(kernel)
		switch {
		case strings.HasPrefix(kernel, "satd"), strings.HasPrefix(kernel, "__satd"):
			return &s.satd
		case strings.HasPrefix(kernel, "sad"):
			return &s.sad
		}
		return &s.dsp
	}
	switch {
	case strings.HasPrefix(function, "github.com_g264_g264_colorconv."):
		return &s.colour
	case function == "(idle)", function == "(program)", function == "(root)":
		return nil
	}
	return &s.rest
}

// row adds the shares and how much faster the whole would be.
func (s shares) row(table *measure.Table, preset string, n nanoseconds) {
	percent := func(f float64) string { return fmt.Sprintf("%.1f %%", 100*f) }
	some := s.sad*(1-1/n.sadSpeed()) + s.satd*(1-1/n.satdSpeed())
	all := some + (s.dsp+s.colour)*(1-1/n.satdSpeed())
	faster := func(saved float64) string { return fmt.Sprintf("%.2f times", 1/(1-saved)) }
	table.Row(preset, percent(s.sad), percent(s.satd), percent(s.dsp), percent(s.colour), percent(s.rest), faster(some), faster(all))
}

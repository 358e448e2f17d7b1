// Package measure times sides of a comparison in turn, so that what else the
// machine does falls on all of them, and prints what came out as Markdown.
package measure

import (
	"fmt"
	"slices"
	"time"
)

// Took is what one run cost.
type Took struct {
	Wall time.Duration
	CPU  time.Duration // user and system time of the process; 0 where the system does not say
}

// Side is one of those compared.
type Side struct {
	Name string
	Run  func() (Took, error)
}

// Times are the runs of one side.
type Times []Took

// Interleave runs every side once to warm up and then all in turn, for a number
// of rounds, at least 1. The times are in the order of the sides.
func Interleave(rounds int, sides ...Side) ([]Times, error) {
	times := make([]Times, len(sides))
	for round := range rounds + 1 {
		for i, s := range sides {
			took, err := s.Run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name, err)
			}
			if round > 0 {
				times[i] = append(times[i], took)
			}
		}
	}
	return times, nil
}

// Time returns what a function of this process costs.
func Time(f func() error) (Took, error) {
	cpu, start := processTime(), time.Now()
	err := f()
	return Took{Wall: time.Since(start), CPU: processTime() - cpu}, err
}

// Best is the shortest run by the clock.
func (t Times) Best() time.Duration { return slices.MinFunc(t, byWall).Wall }

// Median is the middle run by the clock, the upper one of two.
func (t Times) Median() time.Duration {
	sorted := slices.SortedFunc(slices.Values(t), byWall)
	return sorted[len(sorted)/2].Wall
}

// CPU is the least processor time of a run.
func (t Times) CPU() time.Duration {
	return slices.MinFunc(t, func(a, b Took) int { return int(a.CPU - b.CPU) }).CPU
}

func byWall(a, b Took) int { return int(a.Wall - b.Wall) }

// PerSecond is how many of n things are done in a second when all take d.
func PerSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

//go:build race

package colorconv

const raceEnabled = true

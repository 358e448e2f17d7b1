//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf is the peak of resident memory of an ended process in MiB.
func peakOf(p *os.ProcessState) float64 { return mebibytes(p.SysUsage().(*syscall.Rusage)) }

// ownPeak is that of this process.
func ownPeak() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return mebibytes(&u)
}

func mebibytes(u *syscall.Rusage) float64 {
	if runtime.GOOS == "darwin" {
		return float64(u.Maxrss) / (1 << 20) // bytes there
	}
	return float64(u.Maxrss) / (1 << 10)
}

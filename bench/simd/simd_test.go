package main

import (
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/node"
	"github.com/g264/g264/internal/testenv"
)

func TestProfile(t *testing.T) {
	profile := `{"nodes":[{"id":1,"callFrame":{"functionName":"(idle)"}},
		{"id":2,"callFrame":{"functionName":"github.com_g264_g264_internal_dsp.satd8x4"}},
		{"id":3,"callFrame":{"functionName":"github.com_g264_g264_internal_dsp.SADBelow"}},
		{"id":4,"callFrame":{"functionName":"github.com_g264_g264_internal_dsp.Avg"}},
		{"id":5,"callFrame":{"functionName":"github.com_g264_g264_colorconv.lumaRow4"}},
		{"id":6,"callFrame":{"functionName":"runtime.memmove"}}],
		"samples":[1,2,2,3,4,5,6],"timeDeltas":[500,20,20,20,10,10,20]}`
	s, err := readProfile([]byte(profile))
	if want := (shares{0.2, 0.4, 0.1, 0.1, 0.2}); err != nil || s != want {
		t.Errorf("%+v, %v; want %+v", s, err, want)
	}
	for _, bad := range []string{"", "{}", `{"samples":[1],"timeDeltas":[]}`} {
		if _, err := readProfile([]byte(bad)); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
	// SAD twice as fast saves 0.1, SATD four times 0.3; the same for the other 0.2 saves 0.15.
	n := nanoseconds{SAD: 201, FourModule: 401, SATD: 401, SATDModule: 101, ClosureOnly: 1}
	if math.Abs(n.sadSpeed()-2) > 1e-9 || math.Abs(n.satdSpeed()-4) > 1e-9 {
		t.Errorf("SAD %v, SATD %v times as fast", n.sadSpeed(), n.satdSpeed())
	}
	table := measure.NewTable(make([]string, 8)...)
	s.row(table, "ultrafast", n)
	var b strings.Builder
	table.Print(&b)
	if want := "| 20.0 % | 40.0 % | 10.0 % | 10.0 % | 20.0 % | 1.67 times | 2.22 times |"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s", want, &b)
	}
}

// The program builds with its imports; the rest of its run needs npm.
func TestKernelsBuild(t *testing.T) {
	if err := node.BuildGo("./simd/kernels", t.TempDir()+"/kernels.wasm"); err != nil {
		t.Error(err)
	}
	if out, err := exec.Command(testenv.Need(t, "node"), "--check", "run.mjs").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

package analysis_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/inter"
)

func TestPresets(t *testing.T) {
	names := map[string]bool{}
	for i := range analysis.Presets {
		p := &analysis.Presets[i]
		if p.Name == "" || names[p.Name] {
			t.Errorf("preset %d has name %q", i, p.Name)
		}
		names[p.Name] = true
		if p.Refs < 1 || p.Refs > 16 {
			t.Errorf("%s: %d references", p.Name, p.Refs)
		}
		if p.LearnEvery < 1 || p.LearnEvery > 4 {
			t.Errorf("%s: states are learnt every %d macroblocks", p.Name, p.LearnEvery)
		}
		if p.Intra4RD < 1 || p.Intra4RD > 9 {
			t.Errorf("%s: %d of 9 Intra 4x4 modes are tried", p.Name, p.Intra4RD)
		}
		if p.SearchSteps < 0 || p.HalfSteps < 0 || p.QuarterSteps < 0 {
			t.Errorf("%s: steps %d, %d, %d", p.Name, p.SearchSteps, p.HalfSteps, p.QuarterSteps)
		}
		// A step to the predicted vector may come before those of the diamonds.
		if far := 2 + 2*p.HalfSteps + p.QuarterSteps; !p.HalfPlanes && far > 4*inter.PatchMargin {
			t.Errorf("%s searches %d quarter samples far, beyond the patch", p.Name, far)
		}
		if p.Rough && (p.DivideAbove > 0 || p.SubAbove > 0 || p.Intra4RDInP > 0) {
			t.Errorf("%s says how to do what rough decisions don't do", p.Name)
		}
		if !p.Rough && (!p.HalfPlanes || p.Intra4RDInP < 1) {
			t.Errorf("%s lacks what its decisions in P pictures need", p.Name)
		}
		if i > 0 && p.SearchSteps < analysis.Presets[i-1].SearchSteps {
			t.Errorf("%s searches less than the faster %s", p.Name, analysis.Presets[i-1].Name)
		}
		if got, ok := analysis.PresetByName(p.Name); !ok || got != p {
			t.Errorf("PresetByName(%q) = %+v, %v", p.Name, got, ok)
		}
	}
	for _, name := range []string{"ultrafast", "veryfast", "medium", "slow"} {
		if !names[name] {
			t.Errorf("no preset is named %q", name)
		}
	}
	for _, name := range []string{"", "Medium", "placebo"} {
		if got, ok := analysis.PresetByName(name); ok || got != nil {
			t.Errorf("PresetByName(%q) = %+v, %v", name, got, ok)
		}
	}
}

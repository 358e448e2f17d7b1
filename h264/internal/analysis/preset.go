package analysis

// Preset is a row of search parameters: how much is tried for each macroblock.
type Preset struct {
	Name string

	// What Profile auto uses.
	CABAC, Transform8x8 bool
	// Lookahead is how many pictures are held back to see what becomes of this one.
	Lookahead int

	Refs     int  // reference pictures kept and searched
	Weighted bool // references are weighted where the picture fades
	// HalfPlanes makes the half-sample planes of whole references; otherwise they are
	// made around those macroblocks that ask for fractions of a sample.
	HalfPlanes bool

	// References are searched until one has a vector whose SATD costs less than
	// RefsAbove bits, up to RefsMore of them beyond those that the macroblocks around
	// refer to; all if that is 0.
	RefsAbove, RefsMore int

	// Partitions tried in P pictures: 16x16 always, then, where its SATD costs
	// DivideAbove bits or more, quadrants of 8x8, then sub-partitions of those whose
	// SATD costs SubAbove bits or more, none if that is 0, then 16x8 and 8x16.
	DivideAbove, SubAbove int

	// Rough decides P pictures by SATD and what levels gain, without reconstructing
	// candidates on trial: whole macroblocks only, and of intra types Intra 16x16.
	Rough bool
	// SkipNear is how far, in quarter samples, P_Skip's vector may be from the
	// lookahead's for rough decisions to try it before a search.
	SkipNear int

	SearchSteps int // hexagon steps of the whole-sample search
	// FractionsAbove is how many bits the best vector of whole samples must cost, its
	// SAD included, for fractions of a sample to be searched.
	FractionsAbove int
	HalfSteps      int // diamond steps at half-sample distance
	QuarterSteps   int // diamond steps at quarter-sample distance

	// Intra4RD is the number of Intra 4x4 and Intra 8x8 modes, best by SATD, that are
	// coded on trial for each block; 1 takes the best by SATD. In P pictures it is
	// Intra4RDInP.
	Intra4RD, Intra4RDInP int
	// OptimiseLevels lowers levels that cost more bits than they are worth.
	OptimiseLevels bool
	// LearnEvery is how many macroblocks share the learning of CABAC's states, which
	// estimates are made with: costAge at most.
	LearnEvery int
}

// Presets, fastest first.
var Presets = []Preset{
	{
		Name: "ultrafast", Lookahead: 10, Refs: 1, Rough: true,
		SkipNear:    4,
		SearchSteps: 2, FractionsAbove: 80, HalfSteps: 1, QuarterSteps: 1,
		Intra4RD:   1,
		LearnEvery: 4,
	},
	{
		Name: "veryfast", Lookahead: 16, Refs: 1, Rough: true,
		CABAC: true, Transform8x8: true,
		SearchSteps: 8, HalfSteps: 1, QuarterSteps: 1,
		Intra4RD:       1,
		OptimiseLevels: true, LearnEvery: 4,
	},
	{
		Name: "medium", Lookahead: 40, Refs: 5, Weighted: true, HalfPlanes: true,
		CABAC: true, Transform8x8: true,
		RefsAbove: 100, RefsMore: 2,
		DivideAbove: 120,
		SearchSteps: 8, HalfSteps: 1, QuarterSteps: 2,
		Intra4RD: 2, Intra4RDInP: 1,
		OptimiseLevels: true, LearnEvery: 1,
	},
	{
		Name: "slow", Lookahead: 50, Refs: 6, Weighted: true, HalfPlanes: true,
		CABAC: true, Transform8x8: true,
		SubAbove:    24,
		SearchSteps: 24, HalfSteps: 3, QuarterSteps: 3,
		Intra4RD: 9, Intra4RDInP: 9,
		OptimiseLevels: true, LearnEvery: 1,
	},
}

// PresetByName returns the preset of that name; ok is false where there is none.
func PresetByName(name string) (p *Preset, ok bool) {
	for i := range Presets {
		if Presets[i].Name == name {
			return &Presets[i], true
		}
	}
	return nil, false
}

package h264

// tune is a row of what an aim, or a kind of content, asks of options. It decides
// those that are zero.
type tune struct {
	name string

	aqStrength  float64 // 0: the default
	qCompress   float64 // 0: the default
	alpha, beta int     // of the deblocking filter
	refs        int     // reference pictures beside the preset's
	dense       int     // what the largest pictures take, by how much more than others; 0: as much
	scrolls     bool    // distances that pages scroll by are looked for
	lowLatency  bool
}

// tunes are what Config.Tune takes.
//
// Over the dev clips, BD-PSNR and BD-SSIM against x264 medium were 13.8 % and
// 17.4 % at veryfast; an AQStrength of 0.4 made them 10.1 % and 30.5 %, of 0.7
// 10.2 % and 21.6 %, of 1.3 20.2 % and 17.5 %, none 13.5 % and 45.9 %. Over those
// that are drawn or of a screen, at medium, they were -23.3 % and -20.0 %; 0.8 and a
// QCompress of 0.5 made them -27.2 % and -21.6 % (0.7: -28.0 % and -20.3 %). There the
// deblocking filter and more references change little; animation has them as x264.
// Nor is stillimage a matter of these measures: it keeps what eyes find.
var tunes = []tune{
	{name: "none"},
	{name: "psnr", aqStrength: 0.5},
	{name: "ssim", aqStrength: 1},
	{name: "animation", aqStrength: 0.8, qCompress: 0.5, alpha: 1, beta: 1, refs: 2},
	{name: "stillimage", aqStrength: 1.2, alpha: -3, beta: -3},
	{name: "screen", aqStrength: 0.8, qCompress: 0.5, dense: 3, scrolls: true},
	{name: "zerolatency", lowLatency: true},
}

// Tunes returns the names that Config.Tune takes.
func Tunes() []string {
	var names []string
	for _, t := range tunes {
		names = append(names, t.name)
	}
	return names
}

// tuned returns the row of Tune.
func (c *Config) tuned() (t *tune, ok bool) {
	for i := range tunes {
		if tunes[i].name == c.Tune {
			return &tunes[i], true
		}
	}
	return nil, false
}

// apply sets what is zero in a configuration.
func (t *tune) apply(c *Config) {
	if c.AQStrength == 0 {
		c.AQStrength = t.aqStrength
	}
	if c.QCompress == 0 {
		c.QCompress = t.qCompress
	}
	if c.DeblockAlpha == 0 && c.DeblockBeta == 0 {
		c.DeblockAlpha, c.DeblockBeta = t.alpha, t.beta
	}
	c.LowLatency = c.LowLatency || t.lowLatency
}

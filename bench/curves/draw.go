package main

import (
	"errors"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A family of encoders shares a colour, which gets darker with slower presets,
// and a dash.
var families = []struct {
	prefix      string
	light, dark color.RGBA
	dashes      []vg.Length
	width       vg.Length
	glyph       vgdraw.GlyphDrawer
}{
	{"g264-", color.RGBA{255, 170, 90, 255}, color.RGBA{170, 30, 0, 255}, nil, vg.Points(1.8), vgdraw.CircleGlyph{}},
	{"x264-", color.RGBA{120, 180, 240, 255}, color.RGBA{10, 50, 130, 255}, []vg.Length{vg.Points(4), vg.Points(2)}, vg.Points(1.2), vgdraw.SquareGlyph{}},
	{"openh264", color.RGBA{0, 130, 70, 255}, color.RGBA{0, 130, 70, 255}, []vg.Length{vg.Points(1), vg.Points(2)}, vg.Points(1.5), vgdraw.PyramidGlyph{}},
}

// style returns how an encoder is drawn, given all that are.
func style(encoder string, all []string) (vgdraw.LineStyle, vgdraw.GlyphStyle) {
	for _, f := range families {
		if !strings.HasPrefix(encoder, f.prefix) {
			continue
		}
		var kin []string
		for _, e := range all {
			if strings.HasPrefix(e, f.prefix) {
				kin = append(kin, e)
			}
		}
		shade := 1.0
		if len(kin) > 1 {
			shade = float64(slices.Index(kin, encoder)) / float64(len(kin)-1)
		}
		mix := func(a, b uint8) uint8 { return uint8(float64(a) + shade*(float64(b)-float64(a))) }
		c := color.RGBA{mix(f.light.R, f.dark.R), mix(f.light.G, f.dark.G), mix(f.light.B, f.dark.B), 255}
		return vgdraw.LineStyle{Color: c, Width: f.width, Dashes: f.dashes},
			vgdraw.GlyphStyle{Color: c, Radius: vg.Points(2.2), Shape: f.glyph}
	}
	grey := color.RGBA{128, 128, 128, 255}
	return vgdraw.LineStyle{Color: grey, Width: vg.Points(1)}, vgdraw.GlyphStyle{Color: grey, Radius: vg.Points(2), Shape: vgdraw.CrossGlyph{}}
}

// speeds are presets in the order of their speed.
var speeds = []string{"ultrafast", "superfast", "veryfast", "faster", "fast", "baseline", "medium", "slow", "slower", "veryslow", "placebo"}

// ipOnly ends the names of encoders that are held to I and P pictures.
const ipOnly = "-ip"

// aside reports whether an encoder is a preset with fewer tools: no line leads there.
func aside(encoder string) bool {
	return encoder == "x264-baseline" || strings.HasSuffix(encoder, ipOnly)
}

// bySpeed sorts encoders by family, then fastest first.
func bySpeed(encoders []string) []string {
	key := func(e string) int {
		for i, f := range families {
			if preset, ok := strings.CutPrefix(e, f.prefix); ok {
				return i*100 + slices.Index(speeds, strings.TrimSuffix(preset, ipOnly))
			}
		}
		return 100 * len(families)
	}
	sorted := slices.Clone(encoders)
	slices.SortStableFunc(sorted, func(a, b string) int { return key(a) - key(b) })
	return sorted
}

// draw writes the three drawings.
func draw(curves []curve, folder string) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	for _, d := range []struct {
		file, axis string
		quality    func(point) float64
	}{
		{"psnr.svg", "PSNR of luma, dB", func(p point) float64 { return p.PSNR }},
		{"ssim.svg", "SSIM of luma, dB", func(p point) float64 { return p.SSIM }},
	} {
		if err := panels(curves, d.axis, d.quality, filepath.Join(folder, d.file)); err != nil {
			return err
		}
	}
	return drawFrontier(curves, filepath.Join(folder, "frontier.svg"))
}

// columns of panels in a drawing.
const columns = 2

// panels draws a panel per clip, and the legend as the last.
func panels(curves []curve, axis string, quality func(point) float64, file string) error {
	clips := names(curves, func(c curve) string { return c.Clip })
	encoders := bySpeed(names(curves, func(c curve) string { return c.Encoder }))
	rows := (len(clips) + columns) / columns
	plots := make([][]*plot.Plot, rows)
	legend := plot.NewLegend()
	legend.Top, legend.Left = true, true
	legend.ThumbnailWidth, legend.Padding = vg.Points(34), vg.Points(3)
	for i := range plots {
		plots[i] = make([]*plot.Plot, columns)
	}
	for i, clip := range clips {
		p := plot.New()
		p.Title.Text = clip
		p.X.Label.Text, p.Y.Label.Text = "kbit/s", axis
		p.X.Scale, p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogScale{}, decades{}, steps{}
		p.Add(plotter.NewGrid())
		for _, encoder := range encoders {
			at := slices.IndexFunc(curves, func(c curve) bool { return c.Clip == clip && c.Encoder == encoder })
			if at < 0 {
				continue
			}
			line, points, err := plotter.NewLinePoints(xys(curves[at].Points, quality))
			if err != nil {
				return err
			}
			line.LineStyle, points.GlyphStyle = style(encoder, encoders)
			p.Add(line, points)
			if i == 0 {
				legend.Add(encoder, line, points)
			}
		}
		plots[i/columns][i%columns] = p
	}
	canvas, whole := newCanvas(columns*4.2, float64(rows)*2.9)
	tiles := vgdraw.Tiles{Rows: rows, Cols: columns, PadX: vg.Points(14), PadY: vg.Points(12)}
	cells := plot.Align(plots, tiles, whole)
	for i := range clips {
		plots[i/columns][i%columns].Draw(cells[i/columns][i%columns])
	}
	last := cells[len(clips)/columns][len(clips)%columns]
	legend.Draw(vgdraw.Crop(last, vg.Points(40), 0, 0, -vg.Points(10)))
	return save(canvas, file)
}

// xys are points of increasing rate.
func xys(points []point, quality func(point) float64) plotter.XYs {
	list := make(plotter.XYs, len(points))
	for i, p := range points {
		list[i] = plotter.XY{X: p.Kbps, Y: quality(p)}
	}
	slices.SortFunc(list, func(a, b plotter.XY) int { return int(math.Copysign(1, a.X-b.X)) })
	return list
}

// drawFrontier draws what each encoder needs: bits against processor time.
func drawFrontier(curves []curve, file string) error {
	places := frontier(curves)
	if len(places) == 0 {
		return errors.New("no BD-rates: rd.py found no quality that encoders share")
	}
	var encoders []string
	at := map[string]plotter.XY{}
	for _, p := range places {
		encoders = append(encoders, p.encoder)
		at[p.encoder] = plotter.XY{X: p.cpu, Y: p.bits}
	}
	encoders = bySpeed(encoders)
	p := plot.New()
	p.X.Label.Text = "processor time on one core, x264 medium = 1"
	p.Y.Label.Text = "% more bits at equal SSIM"
	p.X.Scale, p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogScale{}, decades{}, steps{}
	p.Add(plotter.NewGrid())
	for _, f := range families {
		var line plotter.XYs
		for _, e := range encoders {
			if strings.HasPrefix(e, f.prefix) && !aside(e) {
				line = append(line, at[e])
			}
		}
		if len(line) > 1 {
			l, err := plotter.NewLine(line)
			if err != nil {
				return err
			}
			l.Color, l.Dashes = f.dark, f.dashes
			p.Add(l)
		}
	}
	for _, e := range encoders {
		mark, err := plotter.NewScatter(plotter.XYs{at[e]})
		if err != nil {
			return err
		}
		_, mark.GlyphStyle = style(e, encoders)
		mark.Radius = vg.Points(3.5)
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{at[e]}, Labels: []string{" " + e}})
		if err != nil {
			return err
		}
		label.Offset = vg.Point{X: vg.Points(3), Y: vg.Points(3)}
		if strings.HasPrefix(e, "g264-") { // below, where the others' are not
			label.Offset.Y = -vg.Points(11)
		}
		p.Add(mark, label)
	}
	p.X.Min, p.X.Max = p.X.Min/1.1, p.X.Max*1.6 // room for the labels
	p.Y.Min -= (p.Y.Max - p.Y.Min) / 20
	canvas, whole := newCanvas(8.4, 4.6)
	p.Draw(whole)
	return save(canvas, file)
}

// newCanvas is white paper of a size in inches, with a margin inside.
func newCanvas(width, height float64) (*vgsvg.Canvas, vgdraw.Canvas) {
	w, h := vg.Length(width)*vg.Inch, vg.Length(height)*vg.Inch
	canvas := vgsvg.New(w, h)
	c := vgdraw.NewCanvas(canvas, w, h)
	c.FillPolygon(color.White, []vg.Point{{}, {X: w}, {X: w, Y: h}, {Y: h}})
	return canvas, vgdraw.Crop(c, vg.Points(8), -vg.Points(12), vg.Points(6), -vg.Points(6))
}

func save(canvas *vgsvg.Canvas, file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// decades puts ticks at 1, 2 and 5 times powers of ten.
type decades struct{}

func (decades) Ticks(low, high float64) (ticks []plot.Tick) {
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow(10, e); v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 6, 64)})
			}
		}
	}
	return ticks
}

// steps puts five to twelve ticks at multiples of 1, 2 or 5 times a power of ten.
type steps struct{}

func (steps) Ticks(low, high float64) (ticks []plot.Tick) {
	step := math.Pow(10, math.Floor(math.Log10(high-low))-1)
	for i := 0; (high-low)/step > 11; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	for i := math.Ceil(low / step); i*step <= high; i++ {
		v := i*step + 0 // no negative zero
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 6, 64)})
	}
	return ticks
}

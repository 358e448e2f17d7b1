package g264_test

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/g264/g264/internal/testenv"
)

// hot are the packages that spend the time of an encoding.
var hot = []string{
	"colorconv", "internal/dsp", "h264/internal/analysis", "h264/internal/bits", "h264/internal/deblock", "h264/internal/entropy",
	"h264/internal/inter", "h264/internal/intra", "h264/internal/lookahead", "h264/internal/macroblock", "h264/internal/picture",
	"h264/internal/residual", "h264",
}

// seldom are functions with inner loops that may check bounds, and why little time
// passes there.
var seldom = map[string]string{
	"colorconv.newPixelTables": "makes tables",
	"colorconv.expanded":       "YCbCr with alpha or bounds below zero alone",
	"colorconv.padLuma":        "a sample a row",
	"colorconv.stretched":      "the ends of a row",
	"colorconv.stretch":        "chroma of a quarter of the width alone",
	"colorconv.chromaTail":     "the end of a row",
	"colorconv.lumaRow":        "the end of a row",

	"internal/dsp.MakeQuant4x4": "makes tables",
	"internal/dsp.quantLimits":  "makes tables",

	"h264.decide": "once a picture",
	"h264.tuned":  "once an encoder",

	"h264.shift":       "workers, where one had nothing to do",
	"h264.findTake":    "a picture's bands, once a task",
	"h264.findMeasure": "a picture's bands, once a task",

	"h264/internal/entropy.carry":           "carries are rare, and end at the next byte",
	"h264/internal/entropy.samples":         "I_PCM",
	"h264/internal/entropy.writePCM":        "I_PCM",
	"h264/internal/lookahead.Find":          "once a picture of tune screen",
	"h264/internal/lookahead.find":          "a place in a table of hashes, mostly the first",
	"h264/internal/picture.newRefPlane":     "once an encoder",
	"h264/internal/residual.makeQuantisers": "makes tables",
	"h264/internal/deblock.Row":             "once a macroblock",

	"h264/internal/analysis.PresetByName": "once an encoder",
	"h264/internal/analysis.makeLambda":   "makes tables",
	"h264/internal/analysis.newPattern":   "makes tables",
}

// The compiler's own words show that no inner loop of the hot packages checks
// bounds. An inner loop is one without another in it and without calls, here or in
// what is inlined: those that run over samples, coefficients and levels.
func TestInnerLoopsCheckNoBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages anew")
	}
	if !slices.Contains(build.Default.ReleaseTags, "go1.26") {
		t.Skip("older compilers prove less")
	}
	targets, done, excused := []string{"amd64", "wasm"}, 0, map[string]bool{}
	for _, target := range targets {
		t.Run(target, func(t *testing.T) {
			c := compile(t, target)
			loops := 0
			for path, file := range c.files {
				for _, d := range file.Decls {
					f, ok := d.(*ast.FuncDecl)
					if !ok || f.Body == nil {
						continue
					}
					ast.Inspect(f.Body, func(n ast.Node) bool {
						if body := loopBody(n); body != nil && c.quiet(path, body) {
							loops++
							c.report(t, path, filepath.Dir(path)+"."+f.Name.Name, n, excused)
						}
						return true
					})
				}
			}
			t.Logf("%d inner loops", loops)
			if loops < 100 {
				t.Errorf("%d inner loops: most are not found", loops)
			}
			done++
		})
	}
	for name := range seldom {
		if done == len(targets) && !excused[name] {
			t.Errorf("%s checks no bounds in inner loops: it needs no excuse", name)
		}
	}
}

// compiled is what the compiler says of the hot packages.
type compiled struct {
	fset    *token.FileSet
	files   map[string]*ast.File       // by path
	decls   map[string][]*ast.FuncDecl // by name
	paths   map[*ast.FuncDecl]string
	inlined map[string]bool             // calls, by path, line and column of their parenthesis
	checks  map[string][]token.Position // of bounds, by path
	types   map[string]bool             // that are named, with their package
	entered map[*ast.FuncDecl]bool      // whose calls are looked into
}

func compile(t *testing.T, arch string) *compiled {
	t.Helper()
	args := []string{"build", "-gcflags=-m -d=ssa/check_bce"}
	for _, p := range hot {
		args = append(args, "./"+p)
	}
	cmd := exec.Command(testenv.Need(t, "go"), args...)
	cmd.Env = append(os.Environ(), "GOARCH="+arch, "CGO_ENABLED=0")
	if arch == "wasm" {
		cmd.Env = append(cmd.Env, "GOOS=js")
	}
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	c := &compiled{fset: token.NewFileSet(), files: map[string]*ast.File{}, decls: map[string][]*ast.FuncDecl{},
		paths: map[*ast.FuncDecl]string{}, inlined: map[string]bool{}, checks: map[string][]token.Position{},
		types: map[string]bool{}, entered: map[*ast.FuncDecl]bool{}}
	line := regexp.MustCompile(`(?m)^([^:\n]+\.go):(\d+):(\d+): (?:(inlining call)|Found Is)`)
	for _, m := range line.FindAllStringSubmatch(string(said), -1) {
		path := filepath.Clean(m[1])
		if filepath.IsAbs(path) {
			continue // of the standard library
		}
		if c.files[path] == nil {
			c.parse(t, path)
		}
		if m[4] != "" {
			c.inlined[path+":"+m[2]+":"+m[3]] = true
			continue
		}
		var at token.Position
		fmt.Sscan(m[2], &at.Line)
		fmt.Sscan(m[3], &at.Column)
		c.checks[path] = append(c.checks[path], at)
	}
	return c
}

func (c *compiled) parse(t *testing.T, path string) {
	t.Helper()
	file, err := parser.ParseFile(c.fset, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.files[path] = file
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				c.decls[d.Name.Name] = append(c.decls[d.Name.Name], d)
				c.paths[d] = path
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if named, ok := spec.(*ast.TypeSpec); ok {
					c.types[file.Name.Name+"."+named.Name.Name] = true
				}
			}
		}
	}
}

func loopBody(n ast.Node) *ast.BlockStmt {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

// quiet tells whether there is no loop in a body, and no call.
func (c *compiled) quiet(path string, body ast.Node) bool {
	quiet := true
	ast.Inspect(body, func(n ast.Node) bool {
		if loopBody(n) != nil {
			quiet = false
		}
		if call, ok := n.(*ast.CallExpr); ok && quiet {
			quiet = c.noCall(path, call)
		}
		return quiet
	})
	return quiet
}

// noCall tells whether a call is none: a conversion, built in (but for those that
// loop themselves), or inlined, and likewise all that is called there.
func (c *compiled) noCall(path string, call *ast.CallExpr) bool {
	name, here := "", false
	switch f := call.Fun.(type) {
	case *ast.ParenExpr, *ast.ArrayType:
		return true
	case *ast.Ident:
		if name, here = f.Name, true; c.types[c.files[path].Name.Name+"."+name] {
			return true
		}
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && (x.Name == "unsafe" || c.types[x.Name+"."+f.Sel.Name]) {
			return true
		}
		name = f.Sel.Name
	}
	switch name {
	case "min", "max", "len", "cap", "panic", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64":
		return true
	case "copy", "clear", "append", "make":
		return false
	}
	if at := c.fset.Position(call.Lparen); !c.inlined[fmt.Sprintf("%s:%d:%d", path, at.Line, at.Column)] {
		return false
	}
	for _, f := range c.decls[name] {
		there := c.paths[f]
		if here && filepath.Dir(there) != filepath.Dir(path) || c.entered[f] {
			continue
		}
		c.entered[f] = true // a function of its name may be called there in turn
		quiet := c.quiet(there, f.Body)
		delete(c.entered, f)
		if !quiet {
			return false
		}
	}
	return true
}

// report fails for each check of bounds in a loop, but for what is done before it, or
// marks a function that passes little time there as excused.
func (c *compiled) report(t *testing.T, path, name string, loop ast.Node, excused map[string]bool) {
	t.Helper()
	from := loopBody(loop).Pos()
	if loop, ok := loop.(*ast.ForStmt); ok && loop.Cond != nil {
		from = loop.Cond.Pos()
	}
	first, last := c.fset.Position(from), c.fset.Position(loop.End())
	before := func(p, q token.Position) bool { return p.Line < q.Line || p.Line == q.Line && p.Column < q.Column }
	for _, at := range c.checks[path] {
		if before(at, first) || !before(at, last) {
			continue
		}
		if _, ok := seldom[name]; ok {
			excused[name] = true
		} else {
			t.Errorf("%s:%d: %s checks bounds in an inner loop", path, at.Line, name)
		}
	}
}

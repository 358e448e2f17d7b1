// Package testasm finds assembly that no test reaches, and no benchmark.
package testasm

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Checked fails for every function of assembly, whose names end in AVX2, in the
// package under test that has a caller without a check: a caller is checked under its
// own name ("Type.Method" of methods), or, if it is not exported, through a caller of
// its own. At least that many functions must be found; those in without need no check.
func Checked(t *testing.T, checks []string, least int, without ...string) {
	t.Helper()
	callers := callersByCallee(t)
	var reached func(name string) bool
	reached = func(name string) bool {
		return slices.Contains(checks, name) || !token.IsExported(name) && slices.ContainsFunc(callers[name], reached)
	}
	found := 0
	for callee, by := range callers {
		if !strings.HasSuffix(callee, "AVX2") || slices.Contains(without, callee) {
			continue
		}
		found++
		for _, name := range by {
			if !reached(name) {
				t.Errorf("%s calls %s, and no check does", name, callee)
			}
		}
	}
	if found < least {
		t.Errorf("%d functions of assembly: most are not found", found)
	}
}

// Benchmarked fails for every kernel ("Type.Method" of methods) that no benchmark in the
// package under test names which times both forms: with one of these functions.
func Benchmarked(t *testing.T, kernels []string, timers ...string) {
	t.Helper()
	timed := map[string]bool{}
	eachFunction(t, true, func(f *ast.FuncDecl) {
		if !strings.HasPrefix(f.Name.Name, "Benchmark") {
			return
		}
		names, pair := []string{}, false
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				names = append(names, id.Name)
				pair = pair || slices.Contains(timers, id.Name)
			}
			return true
		})
		for _, name := range names {
			timed[name] = timed[name] || pair
		}
	})
	for _, name := range kernels {
		if !timed[name[strings.LastIndexByte(name, '.')+1:]] {
			t.Errorf("no benchmark times %s in both forms", name)
		}
	}
}

// callersByCallee reads the files of the package under test.
func callersByCallee(t *testing.T) map[string][]string {
	t.Helper()
	callers := map[string][]string{}
	eachFunction(t, false, func(f *ast.FuncDecl) {
		name := f.Name.Name
		if f.Recv != nil {
			if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
				name = star.X.(*ast.Ident).Name + "." + name
			}
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if callee, ok := call.Fun.(*ast.Ident); ok {
					callers[callee.Name] = append(callers[callee.Name], name)
				}
			}
			return true
		})
	})
	return callers
}

// eachFunction has f told of the functions of the package under test, or of its tests.
func eachFunction(t *testing.T, tests bool, f func(*ast.FuncDecl)) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
				f(d)
			}
		}
	}
}

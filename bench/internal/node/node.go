// Package node runs WebAssembly under Node: programs of this module built for
// GOOS=js, and packages of npm whose versions package-lock.json pins.
package node

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/g264/g264/bench/internal/module"
)

//go:embed package.json
var manifest []byte

//go:embed package-lock.json
var lock []byte

// Folder is where the packages of npm are.
type Folder struct {
	Modules string // has node_modules in it
	Source  string // the folder bench/wasm, which holds the scripts
}

// Install installs the packages in the user's cache, unless they are there.
func Install() (f Folder, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return f, err
	}
	f.Modules = filepath.Join(cache, "g264-bench", "npm")
	if f.Source, err = module.Path("bench/wasm"); err != nil {
		return f, err
	}
	installed, _ := os.ReadFile(filepath.Join(f.Modules, "package-lock.json"))
	if _, err := os.Stat(filepath.Join(f.Modules, "node_modules")); err == nil && bytes.Equal(installed, lock) {
		return f, nil
	}
	if err := os.MkdirAll(f.Modules, 0o777); err != nil {
		return f, err
	}
	for name, data := range map[string][]byte{"package.json": manifest, "package-lock.json": lock} {
		if err := os.WriteFile(filepath.Join(f.Modules, name), data, 0o666); err != nil {
			return f, err
		}
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = f.Modules
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(filepath.Join(f.Modules, "node_modules"))
		return f, fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return f, nil
}

// BuildGo builds a program of this module, such as ./wasm/encode, for
// WebAssembly in Node.
func BuildGo(pkg, file string) error { return module.BuildHere(pkg, file, "GOOS=js", "GOARCH=wasm") }

// GoCommand is what runs a program that BuildGo built; its arguments follow.
func GoCommand(file string) ([]string, error) {
	support, err := Support()
	if err != nil {
		return nil, err
	}
	return []string{"node", "--stack-size=8192", filepath.Join(support, "wasm_exec_node.js"), file}, nil
}

// Support is the folder of Go's support files for WebAssembly.
func Support() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	goroot := strings.TrimSpace(string(out))
	// Go moved them from misc/wasm to lib/wasm in 1.24.
	for _, folder := range []string{"lib", "misc"} {
		dir := filepath.Join(goroot, folder, "wasm")
		if _, err := os.Stat(filepath.Join(dir, "wasm_exec.js")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("%s has no wasm_exec.js", goroot)
}

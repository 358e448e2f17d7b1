// Package module finds and builds g264's own module from within this one.
package module

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Path returns the path of a file of g264's module, as scripts/rd.py.
func Path(name string) (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/g264/g264").Output()
	if err != nil {
		return "", fmt.Errorf("go list, which must run in the folder bench or below: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(name)), nil
}

// Build builds a package of g264's module, such as ./cmd/g264, into a file;
// env is added to the environment.
func Build(pkg, file string, env ...string) error {
	root, err := Path("")
	if err != nil {
		return err
	}
	return build(root, pkg, file, env)
}

// BuildHere does the same for a package of this module.
func BuildHere(pkg, file string, env ...string) error {
	root, err := Path("bench")
	if err != nil {
		return err
	}
	return build(root, pkg, file, env)
}

func build(root, pkg, file string, env []string) error {
	cmd := exec.Command("go", "build", "-o", file, pkg)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return nil
}

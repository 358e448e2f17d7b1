package measure

import (
	"fmt"
	"os"
)

// Goal is a figure with a target, as the README tells it.
type Goal struct {
	Figure  string // what was measured
	Reached string
	Target  string
	Met     bool
	Command string // that repeats it, in the folder bench
}

// Tell appends the goal as a row of Markdown to the file that G264_GOALS names,
// which figures.sh shows at the end; without that it does nothing.
func (g Goal) Tell() error {
	path := os.Getenv("G264_GOALS")
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(file, "| %s | %s | %s | %s | `%s` |\n", g.Figure, g.Reached, g.Target, Verdict(g.Met), g.Command); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

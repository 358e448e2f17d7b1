package measure

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is printed as Markdown, its columns aligned.
type Table struct {
	rows [][]string
}

// NewTable makes a table with the heads of its columns.
func NewTable(heads ...string) *Table {
	rule := make([]string, len(heads))
	for i := range rule {
		rule[i] = "---"
	}
	return &Table{rows: [][]string{heads, rule}}
}

// Row adds a row. Floats are shown with three significant digits.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		if f, ok := c.(float64); ok {
			row[i] = Figure(f)
		} else {
			row[i] = fmt.Sprint(c)
		}
	}
	t.rows = append(t.rows, row)
}

// Figure shows a number with three significant digits, without an exponent.
func Figure(f float64) string {
	digits := 0
	for limit := 100.0; digits < 6 && f < limit && f > -limit && f != 0; limit /= 10 {
		digits++
	}
	return fmt.Sprintf("%.*f", digits, f)
}

// Print writes the table.
func (t *Table) Print(w io.Writer) {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			fill := " "
			if cell == "---" {
				fill = "-"
			}
			line.WriteString("| " + cell + strings.Repeat(fill, widths[i]-utf8.RuneCountInString(cell)) + " ")
		}
		fmt.Fprintln(w, line.String()+"|")
	}
	fmt.Fprintln(w)
}

// Verdict says whether a figure meets its target: "yes" or "no".
func Verdict(met bool) string {
	if met {
		return "yes"
	}
	return "no"
}

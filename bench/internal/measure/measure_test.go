package measure

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInterleaveTakesTurnsAfterWarmingUp(t *testing.T) {
	var order []string
	side := func(name string, walls ...time.Duration) Side {
		return Side{name, func() (Took, error) {
			order = append(order, name)
			wall := walls[0]
			walls = walls[1:]
			return Took{Wall: wall, CPU: 2 * wall}, nil
		}}
	}
	times, err := Interleave(3, side("a", 9, 3, 1, 2), side("b", 9, 6, 5, 7))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ""); got != "abababab" {
		t.Errorf("order %s", got)
	}
	if a, b := times[0], times[1]; a.Best() != 1 || a.Median() != 2 || a.CPU() != 2 || b.Best() != 5 || b.Median() != 6 {
		t.Errorf("times %v", times)
	}
	failed := errors.New("failed")
	if _, err := Interleave(1, Side{"c", func() (Took, error) { return Took{}, failed }}); !errors.Is(err, failed) || !strings.Contains(err.Error(), "c") {
		t.Errorf("error %v, want c's", err)
	}
}

func TestTimeCountsTheProcessor(t *testing.T) {
	took, err := Time(func() error {
		for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
		}
		return nil
	})
	if err != nil || took.Wall < 20*time.Millisecond || processTime() != 0 && took.CPU == 0 {
		t.Errorf("%+v, %v", took, err)
	}
}

func TestTable(t *testing.T) {
	table := NewTable("name", "f/s")
	table.Row("ä", 12.3456)
	table.Row("longer", 3)
	var b strings.Builder
	table.Print(&b)
	want := "| name   | f/s  |\n| ------ | ---- |\n| ä      | 12.3 |\n| longer | 3    |\n\n"
	if b.String() != want {
		t.Errorf("got\n%s, want\n%s", &b, want)
	}
}

func TestGoalsAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "goals.md")
	for _, file := range []string{"", path, path} {
		t.Setenv("G264_GOALS", file)
		if err := (Goal{"speed", "2", "1", true, "go run ./x"}).Tell(); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != strings.Repeat("| speed | 2 | 1 | yes | `go run ./x` |\n", 2) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestFigure(t *testing.T) {
	var got []string
	for _, f := range []float64{0, 1234.4, 123.4, 12.34, 1.234, 0.1234, 0.01234, -12.34} {
		got = append(got, Figure(f))
	}
	if want := []string{"0", "1234", "123", "12.3", "1.23", "0.123", "0.0123", "-12.3"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

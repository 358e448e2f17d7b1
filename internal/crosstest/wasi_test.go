package crosstest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// runWASI runs a wasip1 program with its arguments, its output going to out. It
// sees the folder dir, where it can't write, as its root. A status other than 0 is
// an error.
func runWASI(ctx context.Context, path string, args []string, dir string, out io.Writer) error {
	code, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return err
	}
	config := wazero.NewModuleConfig().WithArgs(append([]string{path}, args...)...).
		WithFSConfig(wazero.NewFSConfig().WithReadOnlyDirMount(dir, "/")).WithEnv("PWD", "/").
		WithStdout(out).WithStderr(out).WithSysNanotime().WithSysWalltime().WithSysNanosleep()
	_, err = runtime.InstantiateWithConfig(ctx, code, config)
	if exit := (*sys.ExitError)(nil); errors.As(err, &exit) {
		if exit.ExitCode() == 0 {
			return nil
		}
		return fmt.Errorf("exit status %d", exit.ExitCode())
	}
	return err
}

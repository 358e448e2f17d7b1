package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// onInterrupt returns a context that the first interrupt (Ctrl-C) ends. The
// second one ends the program as if nobody listened.
func onInterrupt() (ctx context.Context, stop context.CancelFunc) {
	ctx, stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

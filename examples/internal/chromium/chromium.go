// Package chromium starts a headless Chromium for tests.
package chromium

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/g264/g264/internal/testenv"
)

// flags are those that every browser here runs with: no window, no sandbox
// (containers have none to offer), and nothing sent anywhere.
var flags = []chromedp.ExecAllocatorOption{
	chromedp.Headless,
	chromedp.NoSandbox,
	chromedp.NoFirstRun,
	chromedp.NoDefaultBrowserCheck,
	chromedp.Flag("disable-quic", true),
	chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-component-update", true),
	chromedp.Flag("disable-sync", true),
	chromedp.Flag("disable-dev-shm-usage", true),
	chromedp.Flag("mute-audio", true),
	chromedp.Flag("force-color-profile", "srgb"),
	chromedp.WSURLReadTimeout(2 * time.Minute),
}

// Drawing is how the browser draws.
type Drawing []chromedp.ExecAllocatorOption

var (
	// Software is without a graphics processor.
	Software = Drawing{chromedp.DisableGPU}
	// Shaders is as with a graphics processor, which SwiftShader stands for.
	Shaders = Drawing{
		chromedp.Flag("use-gl", "angle"),
		chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("ignore-gpu-blocklist", true),
	}
)

// Start returns the context of a tab in a browser of the test's own, with fresh
// user data, which ends with the test. Without Chromium the test is skipped, or fails if
// testenv.Required.
func Start(tb testing.TB, drawing Drawing) context.Context {
	tb.Helper()
	o := append([]chromedp.ExecAllocatorOption{chromedp.ExecPath(testenv.Need(tb, "chromium"))}, flags...)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(o, drawing...)...)
	tb.Cleanup(stop)
	// A Chromium newer than package cdproto sends events that it can't read; none that tests wait for.
	ctx, stop = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	tb.Cleanup(stop)
	tb.Cleanup(func() { chromedp.Cancel(ctx) }) // waits for its processes, and removes its user data
	if err := chromedp.Run(ctx); err != nil {
		tb.Fatal("Chromium does not start: ", err)
	}
	return ctx
}

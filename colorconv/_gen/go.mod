module github.com/g264/g264/colorconv/_gen

go 1.23.0

require (
	github.com/g264/g264/internal/dsp/_gen v0.0.0
	github.com/mmcloughlin/avo v0.5.0
)

require (
	golang.org/x/mod v0.23.0 // indirect
	golang.org/x/sync v0.11.0 // indirect
	golang.org/x/tools v0.30.0 // indirect
)

replace github.com/g264/g264/internal/dsp/_gen => ../../internal/dsp/_gen

module github.com/g264/g264

go 1.23.0

require (
	github.com/Eyevinn/mp4ff v0.56.0
	github.com/abema/go-mp4 v1.6.0
	github.com/schollz/progressbar/v3 v3.18.0
	golang.org/x/image v0.25.0
	golang.org/x/sys v0.31.0
	golang.org/x/term v0.30.0
)

require (
	github.com/google/uuid v1.1.2 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	golang.org/x/text v0.23.0 // indirect
)

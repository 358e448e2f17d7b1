module github.com/g264/g264/bench

go 1.23.0

require github.com/g264/g264 v0.0.0

require (
	github.com/Eyevinn/mp4ff v0.56.0 // indirect
	golang.org/x/image v0.25.0 // indirect
	golang.org/x/sys v0.31.0 // indirect
	golang.org/x/text v0.23.0 // indirect
)

replace github.com/g264/g264 => ../

package main

import "testing"

// What is committed is what the generator writes.
func TestCommittedFilesAreGenerated(t *testing.T) { dsp.Check(t) }

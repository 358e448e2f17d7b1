// Package cpu tells which instructions the processor has beyond those that Go's compiler takes for granted.
package cpu

package main

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// arithmetic writes the tables of CABAC.
func arithmetic(b *bytes.Buffer, dir string) error {
	if err := engine(b, dir); err != nil {
		return err
	}
	if err := contexts(b, dir); err != nil {
		return err
	}
	return residual(b, dir)
}

// engine writes what the arithmetic coder looks up by state.
func engine(b *bytes.Buffer, dir string) error {
	rows, err := records(dir, "cabac_rangeTabLPS.csv")
	if err != nil {
		return err
	}
	var ranges, next, cost []int
	for i, r := range rows {
		if number(r[0]) != i {
			return fmt.Errorf("cabac_rangeTabLPS.csv: line %d is for pStateIdx %s", i+2, r[0])
		}
		for q := 1; q <= 4; q++ {
			ranges = append(ranges, number(r[q]))
		}
		lps, mps := number(r[5]), number(r[6])
		for valMPS := range 2 {
			after := valMPS // of the least probable symbol
			if i == 0 {
				after = 1 - valMPS
			}
			to := [2]int{}
			to[valMPS], to[1-valMPS] = 2*mps+valMPS, 2*lps+after
			next = append(next, to[0], to[1])
		}
		// 9.3.1.2: the probability falls from 0.5 by equal factors to 0.01875.
		p := 0.5 * math.Pow(0.01875/0.5, float64(i)/63)
		cost = append(cost, int(math.Round(-256*math.Log2(1-p))), int(math.Round(-256*math.Log2(p))))
	}
	// State 63 is of bins that are known, or almost.
	cost[2*63], cost[2*63+1] = 0, 0
	b.WriteString("// rangeLPS is table 9-44: rangeTabLPS by 4*pStateIdx + qCodIRangeIdx.\n")
	list(b, "rangeLPS", "[256]uint8", ranges)
	b.WriteString("// nextState is table 9-45: the state, 2*pStateIdx + valMPS, by twice the state\n// before and the bin.\n")
	list(b, "nextState", "[256]uint8", next)
	b.WriteString("// binCost is the size of a bin in 1/256 bit, by the state with the bin added\n// modulo 2: of the most probable symbol where that is even.\n")
	list(b, "binCost", "[128]uint16", cost)
	return nil
}

// contexts writes m and n of the context variables.
func contexts(b *bytes.Buffer, dir string) error {
	rows, err := records(dir, "cabac_context_init.csv")
	if err != nil {
		return err
	}
	b.WriteString("// contextInit is tables 9-12 to 9-33: m and n by context, of I slices, then of P\n// slices by cabac_init_idc.\n")
	b.WriteString("var contextInit = [4][1024][2]int8{\n")
	for column := 1; column < 9; column += 2 {
		b.WriteString("{")
		for i, r := range rows {
			if number(r[0]) != i {
				return fmt.Errorf("cabac_context_init.csv: line %d is for ctxIdx %s", i+2, r[0])
			}
			fmt.Fprintf(b, "%s{%d, %d}", [2]string{", ", ",\n"}[btoi(i%16 == 0)][2*btoi(i == 0):], number(r[column]), number(r[column+1]))
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n\n")
	return nil
}

// residual writes the contexts of residual blocks.
func residual(b *bytes.Buffer, dir string) error {
	rows, err := records(dir, "cabac_residual_ctxIdx.csv")
	if err != nil {
		return err
	}
	b.WriteString("// blockContexts is tables 9-34 and 9-40 for frames, by ctxBlockCat.\n")
	b.WriteString("var blockContexts = [14]blockContext{\n")
	for _, r := range rows {
		fmt.Fprintf(b, "{coded: %d, significant: %d, last: %d, level: %d},\n", number(r[2]), number(r[3]), number(r[4]), number(r[7]))
	}
	b.WriteString("}\n\n")

	if rows, err = records(dir, "cabac_ctxIdxInc_8x8.csv"); err != nil {
		return err
	}
	var significant, last []int
	for _, r := range rows {
		significant, last = append(significant, number(r[1])), append(last, number(r[3]))
	}
	b.WriteString("// significant8 and last8 are table 9-43 for frames: ctxIdxInc in 8x8 blocks by\n// levelListIdx.\n")
	list(b, "significant8", "[64]uint8", significant)
	list(b, "last8", "[64]uint8", last)
	return nil
}

func list(b *bytes.Buffer, name, kind string, values []int) {
	fmt.Fprintf(b, "var %s = %s{", name, kind)
	for i, v := range values {
		if i%16 == 0 {
			b.WriteString("\n")
		}
		b.WriteString(strconv.Itoa(v) + ", ")
	}
	b.WriteString("\n}\n\n")
}

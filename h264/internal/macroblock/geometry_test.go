package macroblock_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
)

// inverseRasterScan is the function of clause 5.7: the place of rectangle a of
// b x c samples in a raster of width d.
func inverseRasterScan(a, b, c, d int) (x, y int) {
	return a % (d / b) * b, a / (d / b) * c
}

// blockOrigin is the inverse 4x4 luma block scanning process of clause 6.4.3.
func blockOrigin(luma4x4BlkIdx int) (x, y int) {
	x0, y0 := inverseRasterScan(luma4x4BlkIdx/4, 8, 8, 16)
	x1, y1 := inverseRasterScan(luma4x4BlkIdx%4, 4, 4, 8)
	return x0 + x1, y0 + y1
}

// blockAt is luma4x4BlkIdx of the block that covers sample (x, y) (clause
// 6.4.13.1).
func blockAt(x, y int) int { return 8*(y/8) + 4*(x/8) + 2*(y%8/4) + x%8/4 }

func TestBlockRasterIsTheBlockScan(t *testing.T) {
	for i, raster := range macroblock.BlockRaster {
		x, y := blockOrigin(i)
		if int(raster) != y/4*4+x/4 {
			t.Errorf("block %d at (%d, %d): raster index %d", i, x, y, raster)
		}
		if macroblock.BlockRaster[raster] != uint8(i) {
			t.Errorf("block %d: the map isn't its own inverse", i)
		}
	}
}

// partitionSizes are MbPartWidth and MbPartHeight of table 7-13 and, of P_8x8,
// those of its sub-macroblocks.
var partitionSizes = map[macroblock.Type][2]int{
	macroblock.PSkip:  {16, 16},
	macroblock.P16x16: {16, 16},
	macroblock.P16x8:  {16, 8},
	macroblock.P8x16:  {8, 16},
	macroblock.P8x8:   {8, 8},
}

// subPartitionSizes are SubMbPartWidth and SubMbPartHeight of table 7-17.
var subPartitionSizes = [4][2]int{
	macroblock.Sub8x8: {8, 8},
	macroblock.Sub8x4: {8, 4},
	macroblock.Sub4x8: {4, 8},
	macroblock.Sub4x4: {4, 4},
}

func TestPartitionsFollowTheTables(t *testing.T) {
	check := func(name string, got []macroblock.Partition, size [2]int, whole int) {
		if len(got) != whole*whole/(size[0]*size[1]) {
			t.Fatalf("%s has %d partitions of %v", name, len(got), size)
		}
		for i, p := range got {
			x, y := inverseRasterScan(i, size[0], size[1], whole)
			if rect := [4]int{int(p.X) * 4, int(p.Y) * 4, int(p.W) * 4, int(p.H) * 4}; rect != [4]int{x, y, size[0], size[1]} {
				t.Errorf("%s, partition %d: %v", name, i, rect)
			}
		}
	}
	for _, mbType := range []macroblock.Type{macroblock.PSkip, macroblock.P16x16, macroblock.P16x8, macroblock.P8x16, macroblock.P8x8} {
		check("macroblock", macroblock.Partitions[mbType], partitionSizes[mbType], 16)
		if mbType.IsIntra() {
			t.Errorf("type %d is intra", mbType)
		}
	}
	for sub, size := range subPartitionSizes {
		check("sub-macroblock", macroblock.SubPartitions[sub], size, 8)
	}
	for _, mbType := range []macroblock.Type{macroblock.I4x4, macroblock.I16x16, macroblock.IPCM} {
		if !mbType.IsIntra() {
			t.Errorf("type %d isn't intra", mbType)
		}
	}
}

func TestWithinPlacesSubPartitions(t *testing.T) {
	for q := range 4 {
		x, y := inverseRasterScan(q, 8, 8, 16)
		for _, parts := range macroblock.SubPartitions {
			for _, p := range parts {
				want := p
				want.X, want.Y = want.X+uint8(x/4), want.Y+uint8(y/4)
				if got := p.Within(q); got != want {
					t.Errorf("%+v within quadrant %d: %+v", p, q, got)
				}
			}
		}
	}
}

// The workspace holds every sample that intra prediction reads at a place of
// its own.
func TestRecPlacesDontOverlap(t *testing.T) {
	seen := map[int][2]int{}
	place := func(x, y int) {
		i := macroblock.RecAt(x, y)
		if i < 0 || i >= macroblock.RecSize {
			t.Fatalf("sample (%d, %d) is at %d of %d", x, y, i, macroblock.RecSize)
		}
		if other, ok := seen[i]; ok {
			t.Fatalf("samples (%d, %d) and %v are both at %d", x, y, other, i)
		}
		seen[i] = [2]int{x, y}
	}
	for x := -1; x < 24; x++ {
		place(x, -1)
	}
	for y := range 16 {
		for x := -1; x < 16; x++ {
			place(x, y)
		}
	}
}

func TestPCMSamplesHavePlacesOfTheirOwn(t *testing.T) {
	var r macroblock.Residual
	for p := range 3 {
		for i := range 256 {
			*r.PCM(p, i) = int16(p*256 + i + 1)
		}
	}
	for p := range 3 {
		for i := range 256 {
			if got := *r.PCM(p, i); got != int16(p*256+i+1) {
				t.Fatalf("sample %d of plane %d: %d", i, p, got)
			}
		}
	}
}

;; Kernels in 128-bit SIMD on Go's memory. Pointers and strides are in bytes.
(module
  (import "go" "mem" (memory 1))
  (import "calls" "table" (table 4 funcref))
  (elem (i32.const 0) $nothing $sad16 $satd16 $sad16Four)

  (func $nothing (param i32 i32 i32 i32 i32) (result i32) (i32.const 0))

  ;; The sum of absolute differences of 16 by $h samples.
  (func $sad16 (param $a i32) (param $as i32) (param $b i32) (param $bs i32) (param $h i32) (result i32)
    (local $x v128) (local $y v128) (local $sum v128)
    (loop $row
      (local.set $x (v128.load (local.get $a)))
      (local.set $y (v128.load (local.get $b)))
      (local.set $sum (i16x8.add (local.get $sum) (i16x8.extadd_pairwise_i8x16_u
        (v128.or (i8x16.sub_sat_u (local.get $x) (local.get $y)) (i8x16.sub_sat_u (local.get $y) (local.get $x))))))
      (local.set $a (i32.add (local.get $a) (local.get $as)))
      (local.set $b (i32.add (local.get $b) (local.get $bs)))
      (br_if $row (local.tee $h (i32.sub (local.get $h) (i32.const 1)))))
    (call $total (local.get $sum)))

  ;; The sum of eight unsigned 16-bit lanes.
  (func $total (param $v v128) (result i32)
    (local.set $v (i32x4.extadd_pairwise_i16x8_u (local.get $v)))
    (local.set $v (i32x4.add (local.get $v) (i8x16.shuffle 8 9 10 11 12 13 14 15 0 0 0 0 0 0 0 0 (local.get $v) (local.get $v))))
    (i32.add (i32x4.extract_lane 0 (local.get $v)) (i32x4.extract_lane 1 (local.get $v))))

  ;; Four sums of 16 by 16 samples, of blocks that start at $p0 to $p3, to $out.
  (func $sad16Four (param $out i32) (param $a i32) (param $s i32) (param $p0 i32) (param $p1 i32) (param $p2 i32) (param $p3 i32)
    (i32.store offset=0 (local.get $out) (call $sad16 (local.get $a) (local.get $s) (local.get $p0) (local.get $s) (i32.const 16)))
    (i32.store offset=4 (local.get $out) (call $sad16 (local.get $a) (local.get $s) (local.get $p1) (local.get $s) (i32.const 16)))
    (i32.store offset=8 (local.get $out) (call $sad16 (local.get $a) (local.get $s) (local.get $p2) (local.get $s) (i32.const 16)))
    (i32.store offset=12 (local.get $out) (call $sad16 (local.get $a) (local.get $s) (local.get $p3) (local.get $s) (i32.const 16))))

  ;; Two rows of eight differences, which the transform of columns has passed:
  ;; eight times half the sum of the absolute coefficients of a pair,
  ;; (|p+q| + |p-q|) / 2 = max(|p|, |q|).
  (func $pairs (param $r v128) (param $t v128) (result v128)
    (local $e v128) (local $o v128) (local $s v128) (local $d v128)
    (local.set $e (i8x16.shuffle 0 1 4 5 8 9 12 13 16 17 20 21 24 25 28 29 (local.get $r) (local.get $t)))
    (local.set $o (i8x16.shuffle 2 3 6 7 10 11 14 15 18 19 22 23 26 27 30 31 (local.get $r) (local.get $t)))
    (local.set $s (i16x8.abs (i16x8.add (local.get $e) (local.get $o))))
    (local.set $d (i16x8.abs (i16x8.sub (local.get $e) (local.get $o))))
    (i16x8.max_s
      (i8x16.shuffle 0 1 4 5 8 9 12 13 16 17 20 21 24 25 28 29 (local.get $s) (local.get $d))
      (i8x16.shuffle 2 3 6 7 10 11 14 15 18 19 22 23 26 27 30 31 (local.get $s) (local.get $d))))

  ;; Half the absolute Hadamard coefficients of the 4x4 blocks in 8 by 4 samples, in eight lanes.
  (func $satd8x4 (param $a i32) (param $as i32) (param $b i32) (param $bs i32) (result v128)
    (local $r0 v128) (local $r1 v128) (local $r2 v128) (local $r3 v128) (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $r0 (i16x8.sub (v128.load8x8_u (local.get $a)) (v128.load8x8_u (local.get $b))))
    (local.set $a (i32.add (local.get $a) (local.get $as)))
    (local.set $b (i32.add (local.get $b) (local.get $bs)))
    (local.set $r1 (i16x8.sub (v128.load8x8_u (local.get $a)) (v128.load8x8_u (local.get $b))))
    (local.set $a (i32.add (local.get $a) (local.get $as)))
    (local.set $b (i32.add (local.get $b) (local.get $bs)))
    (local.set $r2 (i16x8.sub (v128.load8x8_u (local.get $a)) (v128.load8x8_u (local.get $b))))
    (local.set $a (i32.add (local.get $a) (local.get $as)))
    (local.set $b (i32.add (local.get $b) (local.get $bs)))
    (local.set $r3 (i16x8.sub (v128.load8x8_u (local.get $a)) (v128.load8x8_u (local.get $b))))
    (local.set $s0 (i16x8.add (local.get $r0) (local.get $r1)))
    (local.set $s1 (i16x8.sub (local.get $r0) (local.get $r1)))
    (local.set $s2 (i16x8.add (local.get $r2) (local.get $r3)))
    (local.set $s3 (i16x8.sub (local.get $r2) (local.get $r3)))
    (i16x8.add
      (call $pairs (i16x8.add (local.get $s0) (local.get $s2)) (i16x8.sub (local.get $s0) (local.get $s2)))
      (call $pairs (i16x8.add (local.get $s1) (local.get $s3)) (i16x8.sub (local.get $s1) (local.get $s3)))))

  ;; The SATD of 16 by $h samples, $h a multiple of 4.
  (func $satd16 (param $a i32) (param $as i32) (param $b i32) (param $bs i32) (param $h i32) (result i32)
    (local $sum v128)
    (loop $rows
      (local.set $sum (i16x8.add (local.get $sum) (i16x8.add
        (call $satd8x4 (local.get $a) (local.get $as) (local.get $b) (local.get $bs))
        (call $satd8x4 (i32.add (local.get $a) (i32.const 8)) (local.get $as) (i32.add (local.get $b) (i32.const 8)) (local.get $bs)))))
      (local.set $a (i32.add (local.get $a) (i32.mul (local.get $as) (i32.const 4))))
      (local.set $b (i32.add (local.get $b) (i32.mul (local.get $bs) (i32.const 4))))
      (br_if $rows (local.tee $h (i32.sub (local.get $h) (i32.const 4)))))
    (call $total (local.get $sum)))
)

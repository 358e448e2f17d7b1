;; What Go imports. Go's module owns its memory, so kernels that work on that
;; memory can only be made after Go's module, whose imports must be there before:
;; these functions stand between, and call what the table holds by then.
(module
  (type $block (func (param i32 i32 i32 i32 i32) (result i32)))
  (type $four (func (param i32 i32 i32 i32 i32 i32 i32)))
  (table (export "table") 4 funcref)
  (func (export "nothing") (param i32 i32 i32 i32 i32) (result i32)
    (call_indirect (type $block) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (i32.const 0)))
  (func (export "sad16") (param i32 i32 i32 i32 i32) (result i32)
    (call_indirect (type $block) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (i32.const 1)))
  (func (export "satd16") (param i32 i32 i32 i32 i32) (result i32)
    (call_indirect (type $block) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (i32.const 2)))
  (func (export "sad16Four") (param i32 i32 i32 i32 i32 i32 i32)
    (call_indirect (type $four) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (i32.const 3)))
)

module github.com/g264/g264/internal/crosstest

go 1.23.0

require github.com/tetratelabs/wazero v1.10.1

#!/usr/bin/env bash
# Runs every comparison of this folder and prints what they found as Markdown, with the command before each. It takes
# some ten minutes, on a machine that does nothing else. Arguments choose some: figures.sh e2e machine
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- e2e colour wasm simd machine latency curves

printf 'Measured on %s, %s processors of %s, %s, %s.\n\n' "$(date -u +%F)" "$(getconf _NPROCESSORS_ONLN)" \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(go version | cut -d ' ' -f 3-)" "$(node --version 2>/dev/null | sed 's/^/Node /')"
for program; do
  printf '## `go run ./%s`\n\n' "$program"
  if [ "$program" = curves ]; then # the ruler's table is not Markdown
    printf '```\n'
    go run ./curves
    printf '```\n\n'
  else
    go run "./$program"
  fi
done

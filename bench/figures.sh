#!/usr/bin/env bash
# Runs every comparison of this folder and prints what they found as Markdown: each one's tables, then one table of all
# figures that have a target. It takes some twenty minutes, on a machine that does nothing else. Arguments choose some:
# figures.sh e2e machine
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- e2e colour machine scaling latency wasm simd curves

G264_GOALS=$(mktemp)
export G264_GOALS
trap 'rm -f "$G264_GOALS"' EXIT
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
printf '## Figures and targets\n\n| figure | reached | target | met | command |\n| --- | --- | --- | --- | --- |\n'
cat "$G264_GOALS"

#!/usr/bin/env bash
# Runs every proof of the project. On Debian and its kin it installs what the proofs need, where missing; elsewhere it
# says what is missing. A proof that can't run for want of a program fails; with G264_REQUIRE= (empty) it is skipped.
set -euo pipefail
cd "$(dirname "$0")"
export G264_REQUIRE=${G264_REQUIRE-1}
export GOFLAGS="${GOFLAGS-} -buildvcs=false"
export G264_CLIPS=${G264_CLIPS:-${HOME:-/root}/.cache/g264-clips}

step() { printf '\n== %s [%d:%02d]\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }
fail() { printf 'test.sh: %s\n' "$1" >&2; exit 1; }

command -v go >/dev/null || fail "Go is not installed: https://go.dev/dl"

step "programs that the proofs need"
missing=()
have() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
have gcc gcc
[ -e /usr/include/stdlib.h ] || [ "$(uname)" != Linux ] || missing+=(libc6-dev)
[ -e /usr/include/wels/codec_api.h ] || [ "$(uname)" != Linux ] || missing+=(libopenh264-dev)
have ffmpeg ffmpeg
have mediainfo mediainfo
have x264 x264
have node nodejs
have chromium chromium
have qemu-aarch64 qemu-user
{ python3 -c 'import numpy' || /usr/bin/python3 -c 'import numpy'; } >/dev/null 2>&1 || missing+=(python3-numpy)
if [ ${#missing[@]} = 0 ]; then
  echo "all there"
elif command -v apt-get >/dev/null; then
  echo "installing ${missing[*]}"
  sudo=
  [ "$(id -u)" = 0 ] || ! command -v sudo >/dev/null || sudo=sudo
  export DEBIAN_FRONTEND=noninteractive
  install() {
    $sudo apt-get update -qq -o Acquire::Retries=3 &&
      $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 "${missing[@]}" >/dev/null
  }
  install || [ -z "$G264_REQUIRE" ] || fail "can't install ${missing[*]}"
else
  echo "missing, named as Debian names them: ${missing[*]}"
fi

step "real clips"
if scripts/clips.sh; then
  ls "$G264_CLIPS/dev"
elif [ -n "$G264_REQUIRE" ]; then
  fail "the clips can't be made"
else
  echo "going on without them"
  unset G264_CLIPS
fi

step "gofmt and go vet"
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || fail "not gofmt-ed: $unformatted"
go vet ./...

for target in linux/amd64 linux/arm64 linux/386 windows/amd64 darwin/arm64 js/wasm wasip1/wasm; do
  step "go build for $target"
  CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go build ./...
done

step "go test"
go test -timeout 20m ./...

step "go test without assembly"
go vet -tags noasm ./...
go build -tags purego ./...
go test -tags noasm -timeout 20m ./...

step "golden streams with GOMAXPROCS 1, 2 and 8"
go test -count=1 -cpu 1,2,8 -run '^TestGolden' . ./h264

step "go test -race"
CGO_ENABLED=1 go test -race -short -timeout 20m ./...

for module in $(find . -mindepth 2 -name go.mod -not -path '*/testdata/*'); do
  step "module ${module%/go.mod}"
  (cd "$(dirname "$module")" && go vet ./... && go test -count=1 -timeout 20m ./...)
done

step "fuzzing, for a short time"
# fuzz PACKAGE TARGET. Go before 1.27 may take the end of the time for a failure (go.dev/issue/75804): that one, without
# a failing input, counts as passed.
fuzz() {
  local out
  if out=$(go test -run '^$' -fuzz "^$2\$" -fuzztime 5s -fuzzminimizetime 10x "$1" 2>&1 </dev/null); then
    printf '%s: %s\n' "$2" "$(tail -n 1 <<<"$out")"
  elif grep -q 'context deadline exceeded' <<<"$out" && ! grep -q 'Failing input' <<<"$out"; then
    printf '%s: no failure in %s\n' "$2" "$1"
  else
    printf '%s\n' "$out"
    return 1
  fi
}
go test -list '^Fuzz' ./... | awk '/^Fuzz/ { names[n++] = $1 } /^ok/ { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }' |
  while read -r package target; do
    fuzz "$package" "$target"
  done

step "everything passed"

#!/usr/bin/env bash
# Makes the real video that tests and measurements encode: scenes from films that Debian packages carry, as y4m in
# dev/ under ${G264_CLIPS:-$HOME/.cache/g264-clips}. Clips that are there already are kept. Needs Debian's apt-get,
# and ffmpeg. Exit status 1, with the reason, where a clip could not be made.
#
#   clip   package                  picture                       content
#   vtest  opencv-doc               768x576, 100 frames           surveillance camera: people on a square
#   hello  forensics-samples-files  1280x720, 120 frames          screen with a webcam picture
#   tour   pampi                    960x540, 120 frames           animated flight over a desktop
#   anim   openboard-common         480x352, 150 frames           motion graphics with text
set -euo pipefail

folder=${G264_CLIPS:-$HOME/.cache/g264-clips}
mkdir -p "$folder/dev"
cd "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch PACKAGE leaves the package's file in the current folder.
fetch() {
  apt-get download -qq -o Acquire::Retries=3 "$1" >&2 2>/dev/null && return
  local sudo=
  [ "$(id -u)" = 0 ] || ! command -v sudo >/dev/null || sudo=sudo
  $sudo apt-get update -qq -o Acquire::Retries=3 >&2 && apt-get download -qq -o Acquire::Retries=3 "$1" >&2
}

# clip NAME PACKAGE FILE START FRAMES cuts a scene out of a file of a package.
clip() {
  local name=$1 package=$2 file=$3 start=$4 frames=$5
  [ -s "dev/$name.y4m" ] && return
  for tool in apt-get dpkg-deb ffmpeg; do
    command -v $tool >/dev/null || { echo "clips.sh: $name.y4m needs $tool" >&2; exit 1; }
  done
  echo "clips.sh: making $name.y4m from Debian's $package"
  (cd "$work" && fetch "$package") || { echo "clips.sh: $package can't be downloaded" >&2; exit 1; }
  dpkg-deb --fsys-tarfile "$work/$package"_*.deb | tar -x -C "$work" "./$file"
  ffmpeg -nostdin -v fatal -y -ss "$start" -i "$work/$file" -an -frames:v "$frames" -pix_fmt yuv420p -f yuv4mpegpipe "$work/$name.y4m"
  [ -s "$work/$name.y4m" ] || { echo "clips.sh: ffmpeg made no $name.y4m of $file" >&2; exit 1; }
  mv "$work/$name.y4m" "dev/$name.y4m"
}

clip vtest opencv-doc usr/share/doc/opencv-doc/examples/data/vtest.avi 10 100
clip hello forensics-samples-files usr/share/forensics-samples/original-files/movie2/movie-hello.mp4 1 120
clip tour pampi usr/share/pampi/presentations/data/pampi-help/tour.mp4 2 120
clip anim openboard-common usr/share/openboard/library/videos/wannaworktogether.mp4 30 150

#!/bin/sh
# Runs a program of another preset's build, so that one `ctest` covers them all.
# usage: other_build.sh PRESET FILE COMMAND [WORD ...]
# FILE, relative to build/PRESET, must be there; scripts/test builds it.
set -eu
preset=$1 file=$2
shift 2
cd "$(dirname "$0")/.."
if [ ! -e "build/$preset/$file" ]; then
  echo "build/$preset/$file is missing. Build it first: cmake --preset $preset && cmake --build --preset $preset" >&2
  exit 1
fi
# ThreadSanitizer of g++ 12 knows only mappings with little randomness; some kernels have more.
if [ "$preset" = tsan ] && setarch -R true 2>/dev/null; then exec setarch -R "$@"; fi
exec "$@"

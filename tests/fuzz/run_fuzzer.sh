#!/bin/sh
# Runs a fuzzer from its seeds for some seconds. New inputs are thrown away; one that fails is kept beside the fuzzer.
# usage: run_fuzzer.sh FUZZER CORPUS SECONDS
set -eu
fuzzer=$1 corpus=$2 seconds=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$corpus"/* "$scratch"
"$fuzzer" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -artifact_prefix="$(dirname "$fuzzer")/" \
  -print_final_stats=1 "$scratch"

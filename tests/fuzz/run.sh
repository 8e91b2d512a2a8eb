#!/bin/sh
# Runs each fuzz target for some seconds from its seeds: tests/fuzz/run.sh BUILD [SECONDS] [TARGET...]
# New inputs go to BUILD/corpus; an input that fails stays in BUILD/corpus/TARGET-crash-*.
set -eu
build=$1
seconds=${2:-60}
here=$(dirname "$0")
[ $# -le 2 ] || { shift 2; targets=$*; }
for target in ${targets:-$(ls "$here/seeds")}; do
  mkdir -p "$build/corpus/$target"
  echo "fuzz_$target: $seconds s"
  "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=65536 -print_final_stats=0 -verbosity=0 \
    -artifact_prefix="$build/corpus/$target-" "$build/corpus/$target" "$here/seeds/$target"
done

#!/bin/sh
# Fuzzes one reader of outside bytes: Tests/Fuzz/run.sh TARGET SECONDS. New inputs and findings stay in Tests/Fuzz/.build.
set -eu
cd "$(dirname "$0")"
target=${1:?name a target: $(ls Seeds | tr '\n' ' ')} seconds=${2:-60}
[ -d "Seeds/$target" ] || { echo "no target \`$target\`: $(ls Seeds | tr '\n' ' ')" >&2; exit 2; }
swift build -c release --sanitize fuzzer
mkdir -p ".build/corpus/$target" ".build/findings"
FUZZ_TARGET=$target exec .build/release/Fuzz -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
  -dict=words.dict -artifact_prefix=".build/findings/$target-" -print_final_stats=1 ".build/corpus/$target" "Seeds/$target"

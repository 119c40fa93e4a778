#!/usr/bin/env bash
# The whole suite, streaming and bounded, ten times or as often as told: bash validates-runner/ten.sh [times]
# Exits with 1 if a test has failed in any run. Run after a build.
set -euo pipefail
cd "$(dirname "$0")"
times=${1:-10}
failed=()
for ((run = 1; run <= times; run++)); do
  for mode in streaming bounded; do
    echo "== run $run of $times, $mode"
    bash run.sh "--mode=$mode" --exclude-category=UsesExternalService --time-limit=60 --quiet \
      "--results=target/ten/$run" || failed+=("$run/$mode")
  done
done
echo "$times runs in both modes, ${#failed[@]} with failures${failed[*]:+: ${failed[*]}}"
((${#failed[@]} == 0))

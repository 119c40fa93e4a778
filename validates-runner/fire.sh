#!/usr/bin/env bash
# The suite under fire, once for each seed of the moment at which a job loses its worker:
#   bash validates-runner/fire.sh [from] [to]     (1 to 100 without arguments; one argument is one seed)
# Exits with 1 if a test has failed with any seed. Run after a build.
set -euo pipefail
cd "$(dirname "$0")"
from=${1:-1}
to=${2:-${1:-100}}
failed=()
for ((seed = from; seed <= to; seed++)); do
  echo "== seed $seed of $from to $to"
  bash run.sh --mode=under-fire --exclude-category=UsesExternalService --time-limit=60 --quiet \
    "--option=--crashSeed=$seed" "--results=target/fire/$seed" || failed+=("$seed")
done
echo "$((to - from + 1)) seeds, ${#failed[@]} with failures${failed[*]:+: ${failed[*]}}"
((${#failed[@]} == 0))

#!/usr/bin/env bash
# The suite under fire, once for each seed of the moments at which jobs lose their worker:
#   bash validates-runner/fire.sh [from] [to]     (1 to 100 without arguments; one argument is one seed)
# Four processes share the seeds, for the tests wait more than they compute. Exits with 1 if a test has failed
# with any seed. Run after a build. A hundred seeds take about 50 minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")"
from=${1:-1}
to=${2:-${1:-100}}
seeds=$((to - from + 1))
bash run.sh --list --include=none >/dev/null # makes the class path, before four of them do

pids=()
for part in 0 1 2 3; do
  first=$((from + seeds * part / 4))
  last=$((from + seeds * (part + 1) / 4 - 1))
  if ((first <= last)); then
    bash run.sh --mode=under-fire --exclude-category=UsesExternalService --time-limit=60 --quiet \
      "--crash-seeds=$first-$last" "--results=target/fire/$first-$last" 2>&1 | sed -u "s/^/[$first-$last] /" &
    pids+=($!)
  fi
done
failed=0
for pid in "${pids[@]}"; do
  wait "$pid" || failed=1
done
exit $failed

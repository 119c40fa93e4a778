#!/usr/bin/env bash
# The suite under fire, once for each seed of the moments at which jobs lose their worker:
#   bash validates-runner/fire.sh [from] [to]     (1 to 100 without arguments; one argument is one seed)
# Exits with 1 if a test has failed with any seed. Run after a build. A hundred take about an hour.
set -euo pipefail
cd "$(dirname "$0")"
from=${1:-1}
exec bash run.sh --mode=under-fire --exclude-category=UsesExternalService --time-limit=60 --quiet \
  "--crash-seeds=$from-${2:-${1:-100}}" --results=target/fire

#!/usr/bin/env bash
# The whole suite, streaming and bounded, ten times in a row or as often as told: bash validates-runner/ten.sh [times]
# Exits with 1 if a test has failed in any run. Run after a build.
set -euo pipefail
cd "$(dirname "$0")"
exec bash run.sh --mode=both --exclude-category=UsesExternalService --time-limit=60 --quiet \
  "--repeat=${1:-10}" --results=target/ten

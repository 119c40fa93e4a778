#!/usr/bin/env bash
# Runs random pipelines on a simulated cluster with crashes, lost messages, full disks and clock jumps, one for each seed:
#   bash testing/simulate.sh 1 100000        prints the hash of each seed's trace; stops at the first wrong answer and names its seed
#   bash testing/simulate.sh 42 42 --trace   tells what happens, event by event
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/bin/lib/build.sh"
build_if_stale simulate "translation state storage protocol worker coordinator runner testing" compile test simulate.classpath testing/target/simulate.classpath
cd "$root/testing"
exec java -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "target/classes:$(<target/simulate.classpath)" \
  dev.sluice.testing.simulation.SimulatedRun "${1:-1}" "${2:-100000}" fire ${3-}

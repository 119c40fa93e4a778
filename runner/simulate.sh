#!/usr/bin/env bash
# Runs random pipelines on a simulated cluster with crashes, lost messages, full disks and clock jumps, one for each seed:
#   bash runner/simulate.sh 1 100000        prints the hash of each seed's trace; stops at the first wrong answer and names its seed
set -euo pipefail
cd "$(dirname "$0")"
classpath=target/simulate.classpath
if [[ ! -s $classpath || pom.xml -nt $classpath || ../pom.xml -nt $classpath ]]; then
  mvn -B -q -f .. -pl runner -am -DskipTests -Dmdep.outputFile=target/simulate.classpath \
    test-compile dependency:build-classpath
fi
exec java -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "target/test-classes:target/classes:$(<"$classpath")" \
  dev.sluice.runner.simulation.SimulatedRun "${1:-1}" "${2:-100000}" fire

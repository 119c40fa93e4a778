#!/usr/bin/env bash
# Compares random pipelines on Sluice and on Beam's DirectRunner: bash validates-runner/differential.sh [from] [to]
# Without arguments the seeds are 1 to 5000; one argument is one seed. Prints each pipeline whose results differ.
set -euo pipefail
cd "$(dirname "$0")"
classpath=target/differential.classpath
mvn -B -q -f .. -pl validates-runner -am -Dmdep.outputFile=target/differential.classpath \
  test-compile dependency:build-classpath
from=${1:-1}
to=${2:-${1:-5000}}
exec java -Xmx2g -Djava.util.logging.config.file=/dev/null \
  -cp "target/test-classes:target/classes:$(<"$classpath")" \
  dev.sluice.validatesrunner.differential.Differential "$from" "$to"

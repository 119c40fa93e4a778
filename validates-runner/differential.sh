#!/usr/bin/env bash
# Compares random pipelines on Sluice and on Beam's DirectRunner: bash validates-runner/differential.sh [from] [to]
# Without arguments the seeds are 1 to 5000; one argument is one seed. Prints each pipeline whose results differ.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/bin/lib/build.sh"
build_if_stale differential "translation state storage protocol worker coordinator runner testing validates-runner" test-compile test differential.classpath \
  validates-runner/target/differential.classpath
cd "$root/validates-runner"
from=${1:-1}
to=${2:-${1:-5000}}
exec java -Xmx2g -Djava.util.logging.config.file=/dev/null \
  -cp "target/test-classes:target/classes:$(<target/differential.classpath)" \
  dev.sluice.validatesrunner.differential.Differential "$from" "$to"

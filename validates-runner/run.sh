#!/usr/bin/env bash
# Runs a part of Beam's suite with classes as new as the sources: bash validates-runner/run.sh --include=FlattenTest
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/bin/lib/build.sh"
build_if_stale suites "translation state storage protocol worker coordinator runner testing validates-runner" compile test run.classpath \
  validates-runner/target/run.classpath
cd "$root/validates-runner"
jamm=$(tr ':' '\n' <target/run.classpath | grep '/jamm-')
exec java -Xmx4g "-javaagent:$jamm" -Djava.security.properties=tls.security \
  -cp "target/classes:$(<target/run.classpath)" dev.sluice.validatesrunner.RunSuite "$@"

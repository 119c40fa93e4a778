#!/usr/bin/env bash
# Runs a part of Beam's suite with the classes of the last build: bash validates-runner/run.sh --include=FlattenTest
set -euo pipefail
cd "$(dirname "$0")"
classpath=target/run.classpath
if [[ ! -s $classpath || pom.xml -nt $classpath || ../pom.xml -nt $classpath ]]; then
  mvn -B -q -f .. -pl validates-runner -am -Dmdep.outputFile=target/run.classpath \
    compile dependency:build-classpath
fi
jamm=$(tr ':' '\n' <"$classpath" | grep '/jamm-')
exec java -Xmx4g "-javaagent:$jamm" -Djava.security.properties=tls.security \
  -cp "target/classes:$(<"$classpath")" dev.sluice.validatesrunner.RunSuite "$@"

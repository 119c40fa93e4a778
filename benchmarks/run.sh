#!/usr/bin/env bash
# Runs one benchmark and prints one line of JSON: bash benchmarks/run.sh B1 --runner=SluiceRunner
# B1 keyed windowed sum, B2 five maps, B2i five identity maps, B3 value state per key, B0 source and sink alone.
# Options: --parallelism=2 --warmUpSeconds=10 --measureSeconds=20, or --records=<number>, --keys, --distribution=zipf,
# --valueBytes, --warmUpRecords, and those of the runner. BENCHMARK_MAIN names another main class, such as RocksPeer.
# The options of the JVM are those of the Flink jobs that we compare with; BENCHMARK_JAVA_OPTIONS replaces them.
set -euo pipefail
cd "$(dirname "$0")"
classpath=target/run.classpath
if [[ ! -d target/classes || ! -s $classpath || pom.xml -nt $classpath || ../pom.xml -nt $classpath ]]; then
  mvn -B -q -f .. -pl benchmarks -am -Dmdep.outputFile=target/run.classpath \
    compile dependency:build-classpath >&2
fi
java_options=(${BENCHMARK_JAVA_OPTIONS:--Xms6g -Xmx10g -XX:+UseParallelGC})
exec java "${java_options[@]}" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp "target/classes:$(<"$classpath")" "dev.sluice.benchmarks.${BENCHMARK_MAIN:-Benchmark}" "$@"

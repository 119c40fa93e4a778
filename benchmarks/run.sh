#!/usr/bin/env bash
# Runs one benchmark and prints one line of JSON: bash benchmarks/run.sh B1 --runner=SluiceRunner
# B1 keyed windowed sum, B2 five maps, B2i five identity maps, B3 value state per key, B0 source and sink alone.
# Options: --parallelism=2 --warmUpSeconds=10 --measureSeconds=20, or --records=<number>, --keys, --distribution=zipf,
# --valueBytes, --warmUpRecords, and those of the runner. BENCHMARK_MAIN names another main class, such as RocksPeer.
# The options of the JVM are those of the Flink jobs that we compare with; BENCHMARK_JAVA_OPTIONS replaces them.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/bin/lib/build.sh"
build_if_stale benchmarks "translation state storage protocol worker coordinator runner benchmarks" compile test run.classpath benchmarks/target/run.classpath
cd "$root/benchmarks"
java_options=(${BENCHMARK_JAVA_OPTIONS:--Xms6g -Xmx10g -XX:+UseParallelGC})
exec java "${java_options[@]}" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp "target/classes:$(<target/run.classpath)" "dev.sluice.benchmarks.${BENCHMARK_MAIN:-Benchmark}" "$@"

#!/usr/bin/env bash
# Runs the pairs that say what state and checkpoints cost, and prints one line of JSON for each run, the name of the
# pair first: bash benchmarks/state.sh [heap] [intervals] [uniform] [zipf] [sizes] [barrier] [restart] [bucket]; without names, all.
# Only the ratio of two lines of one pair means anything. Takes about a quarter of an hour; needs 8 GB of memory and of disk.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run() { # <pair> <options of the JVM> <main class> <arguments>
  local pair=$1 jvm=$2 main=$3
  shift 3
  BENCHMARK_MAIN=$main BENCHMARK_JAVA_OPTIONS="$jvm -Djava.io.tmpdir=$work" bash run.sh "$@" 2>"$work/log" | sed "s/^{/{\"pair\":\"$pair\",/" \
    || { tail -n 20 "$work/log" >&2; return 1; }
}

large="-Xms6g -Xmx10g -XX:+UseParallelGC"
restarted="-Xms6g -Xmx10g"
b3="B3 --runner=SluiceRunner --parallelism=2"

# State on the heap without checkpoints, and the same with one every 10 s.
heap() {
  run heap-bare "$large" Benchmark $b3 --checkpointIntervalMs=0 --measureSeconds=30
  run heap-10s "$large" Benchmark $b3 --checkpointIntervalMs=10000 --measureSeconds=30
}

# The same with one every second.
intervals() {
  run interval-none "$large" Benchmark $b3 --checkpointIntervalMs=0
  run interval-1s "$large" Benchmark $b3 --checkpointIntervalMs=1000
}

# 20,000,000 keys of 100 bytes in a tenth of what they would take on the heap, against RocksDB by hand with as much memory:
# the budget of 512 MB, and the quarter of the heap that is native memory's.
spilled() { # <pair> <distribution>
  local state="--keys=20000000 --valueBytes=100 --distribution=$2 --warmUpRecords=40000000 --warmUpSeconds=5 --measureSeconds=30"
  run "$1-sluice" "-Xms2g -Xmx2g -XX:+UseParallelGC" Benchmark $b3 --stateMemoryMb=512 --checkpointIntervalMs=0 $state
  run "$1-peer" "-Xmx1g" RocksPeer --threads=2 --memoryMb=1024 $state
}
uniform() { spilled uniform uniform; }
zipf() { spilled zipf zipf; }

# What 20 checkpoints write, each after one key in a hundred of 5,000,000 has changed, against the whole.
sizes() {
  run sizes "$large" CheckpointSizes --parallelism=2
}

# What a task does for a barrier when 1,000,000 of its keys have changed, and the pauses of the collector beside it.
barrier() {
  run barrier "$large -Dorg.slf4j.simpleLogger.log.dev.sluice.worker.task.Snapshots=debug -Xlog:gc:file=$work/gc.log" \
    Benchmark $b3 --keys=2000000 --checkpointIntervalMs=10000 --measureSeconds=60
  grep -o '[^ ]*: pauses at barriers.*' "$work/log" | sed 's/.*/{"pair":"barrier-task","durations":"&"}/'
  grep -o '[0-9.]*ms$' "$work/gc.log" | sort -n | awk '{all[NR] = $1 + 0} END {print "{\"pair\":\"barrier-gc\",\"pauses\":" NR ",\"p50Ms\":" all[int((NR + 1) / 2)] ",\"maxMs\":" all[NR] "}"}'
}

# From the start of a process to the first new output of a job that was killed with 1 GB of state: in values of 1,000
# bytes, and in ten times as many of 100. With the JVM's own choice of a collector (G1): the parallel one copies all that
# has come back in a single pause of two to four seconds.
restart() {
  local size
  for size in "1000000 1000" "9000000 100"; do
    set -- $size
    local state="--keys=$1 --valueBytes=$2 --parallelism=2 --checkpointIntervalMs=2000 --recordsPerSecond=1000"
    run restart-fill "$restarted" RestartTime fill "$work/storage" $state
    run "restart-$2-byte-values" "$restarted" RestartTime restart "$work/storage" $state
    rm -rf "$work/storage"
  done
}

# The same from a bucket, in the memory of a service on this machine.
bucket() {
  export AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench-secret
  local state="--keys=1000000 --valueBytes=1000 --parallelism=2 --checkpointIntervalMs=2000 --recordsPerSecond=1000"
  local s3="s3://bench/checkpoints --s3Endpoint=http://127.0.0.1:19871"
  BENCHMARK_MAIN=BucketServer BENCHMARK_JAVA_OPTIONS="-Xms4g -Xmx8g" bash run.sh 19871 bench bench bench-secret >"$work/server" 2>&1 &
  local server=$!
  until grep -q serves "$work/server"; do
    kill -0 $server || { cat "$work/server" >&2; return 1; }
    sleep 0.2
  done
  run bucket-fill "$restarted" RestartTime fill $s3 $state
  run bucket "$restarted" RestartTime restart $s3 $state
  kill $server
}

for pair in "${@:-heap intervals uniform zipf sizes barrier restart bucket}"; do
  for name in $pair; do
    "$name"
  done
done

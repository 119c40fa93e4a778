package com.example.newcomer;

import java.util.List;

/** Options that are misspelt, or have a value that they cannot have. */
final class OptionMistakes {
  private OptionMistakes() {}

  static List<Mistake> all() {
    return List.of(
        option("--paralelism=2").says("unknown option --paralelism", "did you mean --parallelism"),
        option("--flinkMaster=local").says("unknown option --flinkMaster", "Leave it out"),
        option("parallelism=2").says("unexpected argument 'parallelism=2'", "--name=value"),
        option("--parallelism=two").says("--parallelism=two", "'two' is not a whole number"),
        option("--parallelism=").says("--parallelism=", "a value is missing"),
        option("--parallelism").says("--parallelism", "write --parallelism=VALUE"),
        option("--parallelism=0").says("--parallelism must be at least 1, not 0"),
        option("--parallelism=-3").says("--parallelism must be at least 1, not -3"),
        option("--streaming=yes").says("--streaming=yes", "write true or false"),
        option("--checkpointIntervalMs=10s")
            .says("--checkpointIntervalMs=10s", "not a whole number"),
        option("--checkpointIntervalMs=-1").says("--checkpointIntervalMs must not be negative"),
        option("--stateMemoryMb=0").says("--stateMemoryMb must be at least 1, not 0"),
        option("--idleSplitTimeoutMs=-1").says("--idleSplitTimeoutMs must be at least 0, not -1"),
        option("--transformNameMapping=a:b").says("--transformNameMapping=a:b", "parse JSON"),
        option("--stateTtl=sen=10m").says("--stateTtl", "'sen=10m' names no state", "[seen]"),
        option("--stateTtl=seen=10y").says("--stateTtl", "'seen=10y'", "ms, s, m, h and d"),
        option("--runner=SluiceRuner").says("--runner=SluiceRuner", "SluiceRunner"));
  }

  private static Mistake option(String option) {
    return Mistake.in(option, p -> KeptJob.addTo(p, "Seen")).with(option);
  }
}

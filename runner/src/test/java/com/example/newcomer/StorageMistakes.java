package com.example.newcomer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** Checkpoints and savepoints that are not there, not whole, or of something else. */
final class StorageMistakes {
  private static final String KEPT = "--checkpointStorage=FOLDER/checkpoints";
  private static final String NAMED = "--jobName=kept";

  private StorageMistakes() {}

  static List<Mistake> all() {
    return List.of(
        seen("a storage of an unknown kind")
            .with("--checkpointStorage=hdfs://name/path", NAMED)
            .says(
                "--checkpointStorage", "hdfs://name/path is not a supported place", "s3://bucket"),
        seen("a storage that cannot be written")
            .with("--checkpointStorage=/dev/null/checkpoints", NAMED)
            .says("--checkpointStorage", "/dev/null/checkpoints cannot be written", "Choose a"),
        seen("an endpoint of S3 that is not a URL")
            .with("--checkpointStorage=s3://bucket/jobs", NAMED, "--s3Endpoint=localhost:9000")
            .says("--s3Endpoint", "localhost:9000 is not a URL", "http://localhost:9000"),
        Mistake.in("a job that runs already", StorageMistakes::runTwice)
            .with(KEPT, NAMED)
            .says("job kept in", "is running already", "Stop that one first", "--jobName"),
        seen("checkpoints that are all damaged")
            .after(folder -> damage(folder, "checkpoints"))
            .with(KEPT, NAMED)
            .says("--checkpointStorage", "no checkpoint of job kept", "bytes", "--fresh"),
        Mistake.in("checkpoints of another pipeline", p -> KeptJob.addTo(p, "Other"))
            .after(KeptJob::runAndStop)
            .with(KEPT, NAMED)
            .says("--checkpointStorage", "job kept", "'Seen/ParMultiDo(Seen)' is gone", "--allowD"),
        Mistake.in("a state whose class has changed", KeptJob::addChangedTo)
            .after(KeptJob::runAndStop)
            .with("--fromSavepoint=FOLDER/savepoint")
            .says("--fromSavepoint", "VarIntCoder, and was by value of VarLongCoder", "another id"),
        seen("a savepoint that is not there")
            .with("--fromSavepoint=FOLDER/none")
            .says("--fromSavepoint", "there is no savepoint in", "none", "savepoint.json"),
        seen("a savepoint that is damaged")
            .after(folder -> damage(folder, "savepoint"))
            .with("--fromSavepoint=FOLDER/savepoint")
            .says("--fromSavepoint", "is damaged", "bytes"),
        seen("a savepoint of another job")
            .with("--fromSavepoint=src/test/resources/savepoints/v2")
            .says("--fromSavepoint", "savepoints/v2", "fits nothing", "is it of another one?"),
        seen("a savepoint, and to start over")
            .with("--fromSavepoint=FOLDER/savepoint", "--fresh")
            .says("--fresh contradicts --fromSavepoint", "give one of the two"));
  }

  private static Mistake seen(String name) {
    return Mistake.in(name, p -> KeptJob.addTo(p, "Seen"));
  }

  private static void runTwice(Pipeline p) {
    KeptJob.addTo(p, "Seen");
    PipelineResult first = p.run();
    try {
      p.run();
    } finally {
      cancel(first);
    }
  }

  private static void cancel(PipelineResult result) {
    try {
      result.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the last byte of each segment. */
  private static void damage(Path folder, String part) {
    KeptJob.runAndStop(folder);
    try (Stream<Path> files = Files.walk(folder.resolve(part))) {
      for (Path file : files.filter(name -> name.toString().endsWith(".seg")).toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(channel.size() - 1);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

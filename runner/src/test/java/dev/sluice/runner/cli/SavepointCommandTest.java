package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.SluicePipelineOptions;
import dev.sluice.runner.SluicePipelineResult;
import dev.sluice.runner.SluiceRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sluice savepoint inspect} says. */
class SavepointCommandTest {
  private static final int KEYS = 7;

  @TempDir static Path temp;
  private static Path savepoint;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static final class CountFn extends DoFn<KV<Integer, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(@StateId("count") ValueState<Long> count) {
      Long before = count.read();
      count.write(before == null ? 1 : before + 1);
    }
  }

  @BeforeAll
  static void save() throws Exception {
    savepoint = temp.resolve("savepoint");
    SluicePipelineOptions options = PipelineOptionsFactory.as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("inspected");
    options.setParallelism(2);
    options.setCheckpointIntervalMs(50);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("numbers", GenerateSequence.from(0).withRate(1000, Duration.millis(1)))
        .apply(
            "key",
            WithKeys.<Integer, Long>of(number -> (int) (number % KEYS))
                .withKeyType(TypeDescriptors.integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
        .apply("count", ParDo.of(new CountFn()));
    SluicePipelineResult result = (SluicePipelineResult) pipeline.run();
    // The first savepoint may be of a time before the first number, or the first watermark.
    for (int i = 0; i < 50 && !counted(); i++) {
      deleteSavepoint();
      result.savepoint(savepoint.toString());
    }
    result.cancel();
  }

  private static boolean counted() {
    StringWriter said = new StringWriter();
    return Files.exists(savepoint)
        && Sluice.execute(
                new PrintWriter(said),
                new PrintWriter(said),
                "savepoint",
                "inspect",
                savepoint.toString())
            == 0
        && said.toString().contains("count                                 " + KEYS)
        && said.toString().contains("  watermark  ");
  }

  private static void deleteSavepoint() throws IOException {
    if (Files.exists(savepoint)) {
      try (var files = Files.list(savepoint)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private int inspect(Path path) {
    return Sluice.execute(
        new PrintWriter(out), new PrintWriter(err), "savepoint", "inspect", path.toString());
  }

  @Test
  void listsStatesWithTheirSizes() {
    assertThat(inspect(savepoint)).isZero();
    assertThat(out.toString())
        .contains("job          inspected")
        .contains("format 1")
        .contains("parallelism  2, 256 key groups")
        .contains("source       numbers/Read(UnboundedCountingSource), splits: 2")
        .containsPattern("(?m)^count/.*\n  keys +VarIntCoder")
        .containsPattern("(?m)^  watermark  ")
        .containsPattern("(?m)^  \\(keys\\) +7 ")
        .containsPattern("(?m)^  count +7 +\\d+  value of VarLongCoder");
  }

  private Path copy() throws IOException {
    Path copy = Files.createTempDirectory(temp, "copy");
    try (var files = Files.list(savepoint)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void aFolderThatIsNoneIsNamed() throws IOException {
    Path empty = Files.createTempDirectory(temp, "empty");
    assertThat(inspect(empty)).isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString())
        .contains("there is no savepoint in " + empty)
        .contains("it has no savepoint.json");
  }

  @Test
  void aDamagedFileIsFound() throws IOException {
    Path copy = copy();
    try (var files = Files.list(copy)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".seg")).toList()) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
          bytes.seek(40);
          int was = bytes.read();
          bytes.seek(40);
          bytes.write(was ^ 1);
        }
      }
    }
    assertThat(inspect(copy)).isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("task-").contains("checksum is wrong");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    Path copy = copy();
    Path json = copy.resolve("savepoint.json");
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) mapper.readTree(Files.readAllBytes(json));
    manifest.put("format", 99);
    Files.write(json, mapper.writeValueAsBytes(manifest));
    assertThat(inspect(copy)).isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("99").contains("newer version");
  }

  @Test
  void aPathIsNeeded() {
    assertThat(Sluice.execute(new PrintWriter(out), new PrintWriter(err), "savepoint", "inspect"))
        .isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("PATH");
  }
}

package dev.sluice.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.SluicePipelineOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Beam checks all option interfaces on the class path against each other, and refuses every
 * pipeline if two do not agree. Direct's, Dataflow's, the portable runner's and those of the IOs
 * for AWS and Google Cloud are here as they are; each other runner's are compiled from a
 * description. These come one runner at a time, because not all of them agree with each other.
 */
class OptionsBesideOtherRunnersTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  @TempDir private Path folder;

  @AfterEach
  void leaveTheirClassLoader() {
    Thread.currentThread().setContextClassLoader(before);
  }

  static Stream<String> runners() throws IOException {
    return OptionInterface.all().stream()
        .map(OptionInterface::runner)
        .distinct()
        .filter(runner -> !runner.equals("Twister2"));
  }

  @ParameterizedTest
  @MethodSource("runners")
  void oursAgreeWithThoseOf(String runner) throws Exception {
    try (CompiledOptions theirs = compiled(runner)) {
      register(theirs);
      assertThat(parallelism("--runner=SluiceRunner", "--parallelism=3")).isEqualTo(3);
      assertThat(PipelineOptionsFactory.getRegisteredOptions().stream().map(Class::getSimpleName))
          .contains("SluicePipelineOptions");
      for (Class<? extends PipelineOptions> type : theirs.interfaces()) {
        assertThat(PipelineOptionsFactory.create().as(type)).isNotNull();
      }
    }
  }

  @Test
  void oursAgreeWithAllThatAreOnTheClassPath() {
    PipelineOptionsFactory.resetCache();
    Set<Class<? extends PipelineOptions>> all = PipelineOptionsFactory.getRegisteredOptions();
    assertThat(all.stream().map(Class::getSimpleName))
        .contains(
            "SluicePipelineOptions",
            "DirectOptions",
            "DataflowPipelineOptions",
            "PortablePipelineOptions",
            "GcsOptions",
            "BigQueryOptions",
            "AwsOptions");
    // What the module for AWS registers only later.
    PipelineOptionsFactory.register(S3Options.class);
    assertThat(parallelism("--runner=SluiceRunner", "--parallelism=3")).isEqualTo(3);
  }

  @Test
  void whatDoesNotAgreeIsRefused() throws Exception {
    try (CompiledOptions theirs = compiled("Twister2")) {
      assertThatThrownBy(() -> register(theirs)).hasMessageContaining("getParallelism");
    }
  }

  @Test
  void notAllOtherRunnersAgreeWithEachOther() throws Exception {
    try (CompiledOptions theirs = compiled("Flink", "Samza")) {
      assertThatThrownBy(() -> register(theirs)).hasMessageContaining("getMaxBundleSize");
    }
  }

  private CompiledOptions compiled(String... runners) throws Exception {
    return new CompiledOptions(
        OptionInterface.all().stream()
            .filter(described -> List.of(runners).contains(described.runner()))
            .toList(),
        folder);
  }

  /** Begins anew with Sluice's options, and adds theirs. */
  private static void register(CompiledOptions theirs) {
    Thread.currentThread().setContextClassLoader(theirs.loader());
    PipelineOptionsFactory.resetCache();
    theirs.interfaces().forEach(PipelineOptionsFactory::register);
  }

  private static int parallelism(String... args) {
    return PipelineOptionsFactory.fromArgs(args)
        .withValidation()
        .create()
        .as(SluicePipelineOptions.class)
        .getParallelism();
  }
}

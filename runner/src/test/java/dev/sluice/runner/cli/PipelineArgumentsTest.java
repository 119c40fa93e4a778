package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.SluicePipelineOptions;
import dev.sluice.runner.SluiceRunner;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;

class PipelineArgumentsTest {
  @Test
  void addsTheRunnerUnlessOneIsNamed() {
    PipelineOptions options =
        arguments("--parallelism=3").withDefaultRunner("SluiceRunner").parse();
    assertThat(options.getRunner()).isEqualTo(SluiceRunner.class);
    assertThat(options.as(SluicePipelineOptions.class).getParallelism()).isEqualTo(3);

    assertThat(arguments("--runner=Other").withDefaultRunner("SluiceRunner").values())
        .containsExactly("--runner=Other");
    assertThat(arguments("--runner=Other", "--x").withRunner("Mine").values())
        .containsExactly("--runner=Mine", "--x");
  }

  @Test
  void namesTheOptionThatCannotBeRead() {
    assertThatThrownBy(() -> arguments("--jobName=ok", "--parallelism=many").parse())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("option --parallelism=many: ");
  }

  @Test
  void suggestsTheOptionThatWasMeant() {
    assertThatThrownBy(() -> arguments("--paralelism=2").parse())
        .isInstanceOf(UserError.class)
        .hasMessage("unknown option --paralelism; did you mean --parallelism?");
  }

  @Test
  void asksForTheUnitOfATime() {
    assertThatThrownBy(() -> arguments("--checkpointInterval=10").parse())
        .isInstanceOf(UserError.class)
        .hasMessage("unknown option --checkpointInterval; did you mean --checkpointIntervalMs?");
    assertThatThrownBy(() -> arguments("--checkpointIntervalMs=10s").parse())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("option --checkpointIntervalMs=10s: ");
  }

  @Test
  void refusesWhatIsNoOption() {
    assertThatThrownBy(() -> arguments("README.md").parse())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("unexpected argument 'README.md'");
  }

  @Test
  void namesTheRunnerThatDoesNotExist() {
    assertThatThrownBy(() -> arguments("--runner=FlinkRunner").parse())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--runner=FlinkRunner");
  }

  private static PipelineArguments arguments(String... values) {
    return new PipelineArguments(List.of(values));
  }
}

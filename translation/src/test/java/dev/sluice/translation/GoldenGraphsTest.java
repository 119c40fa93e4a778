package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the graphs of real pipelines, as the plan that a person sees, against the files in {@code
 * src/test/resources/graphs}.
 *
 * <p>After a change that is meant, write them anew and read the difference before committing it:
 *
 * <pre>mvn test -pl translation -Dtest=GoldenGraphsTest -Dsluice.golden.write=true</pre>
 */
class GoldenGraphsTest {

  private static final Path FOLDER = Path.of("src", "test", "resources", "graphs");

  @TestFactory
  Stream<DynamicTest> plans() {
    Map<String, Consumer<Pipeline>> pipelines = RealPipelines.byName();
    return pipelines.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () ->
                        matches(
                            entry.getKey() + ".txt",
                            ExplainPlan.text(RealPipelines.graphOf(entry.getValue())))));
  }

  @Test
  void mermaid() throws IOException {
    JobGraph graph = RealPipelines.graphOf(RealPipelines.byName().get("side-input-join"));
    matches("side-input-join.mermaid", ExplainPlan.mermaid(graph));
  }

  @Test
  void eachFileIsOfAPipeline() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString().replaceFirst("\\..*", "")))
          .isSubsetOf(RealPipelines.byName().keySet());
    }
  }

  private static void matches(String fileName, String actual) throws IOException {
    Path file = FOLDER.resolve(fileName);
    if (Boolean.getBoolean("sluice.golden.write")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, actual);
    }
    assertThat(file)
        .as("The plan of %s; if the change is meant, see GoldenGraphsTest", fileName)
        .exists()
        .hasContent(actual);
  }
}

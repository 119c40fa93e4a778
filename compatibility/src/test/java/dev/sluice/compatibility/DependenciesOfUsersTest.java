package dev.sluice.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Maven takes the version of a library that is nearest to the project, not the newest. So a runner
 * that is added to a project may lower a version that something else there needs. These tests
 * compare the dependencies of small projects with and without {@code sluice-runner}.
 */
class DependenciesOfUsersTest {

  @Test
  void beamKeepsItsVersions() throws IOException {
    DependencyTree beam = DependencyTree.of("beam");
    DependencyTree sluice = DependencyTree.of("sluice");
    assertThat(sluice.resolved()).containsAllEntriesOf(beam.resolved());
  }

  @Test
  void whatTheEngineIsTestedWithDoesNotComeWithTheRunner() throws IOException {
    assertThat(DependencyTree.of("sluice").resolved())
        .containsKey("dev.sluice:sluice-runner")
        .doesNotContainKey("dev.sluice:sluice-testing");
  }

  @Test
  void nothingComesWithTheRunnerBesideWhatItNeeds() throws IOException {
    Set<String> added = new TreeSet<>(DependencyTree.of("sluice").resolved().keySet());
    added.removeAll(DependencyTree.of("beam").resolved().keySet());
    added.removeIf(
        artifact ->
            artifact.startsWith("dev.sluice:") || artifact.startsWith("software.amazon.awssdk:"));
    assertThat(added)
        .as("whatever else a user gets may clash with what the user has: see docs/decisions")
        .containsExactly(
            "com.github.luben:zstd-jni",
            "org.apache.beam:beam-runners-core-java",
            // What Beam's library for runners and the client of S3 bring.
            "org.hamcrest:hamcrest",
            "org.jctools:jctools-core",
            "org.reactivestreams:reactive-streams",
            "org.rocksdb:rocksdbjni",
            "software.amazon.eventstream:eventstream");
  }

  /** In a project with one of the IOs alone, where the nearest is another one, too. */
  @Test
  void whatOnlyTheRunnerBringsIsAsNewAsAnyIoAsksFor() throws IOException {
    DependencyTree beam = DependencyTree.of("beam");
    DependencyTree sluice = DependencyTree.of("sluice");
    DependencyTree ios = DependencyTree.of("ios");
    sluice
        .resolved()
        .forEach(
            (artifact, version) -> {
              if (!beam.resolved().containsKey(artifact)) {
                assertThat(ios.asked().getOrDefault(artifact, Set.of()))
                    .as("%s, of which Sluice brings %s", artifact, version)
                    .allSatisfy(
                        asked ->
                            assertThat(version(version)).isGreaterThanOrEqualTo(version(asked)));
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"sluice-first", "sluice-last"})
  void theIosKeepTheirVersions(String project) throws IOException {
    Map<String, String> together = DependencyTree.of(project).resolved();
    assertThat(together).containsAllEntriesOf(DependencyTree.of("ios").resolved());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sluice-first", "sluice-last"})
  void theRunnerKeepsItsVersions(String project) throws IOException {
    Map<String, String> together = DependencyTree.of(project).resolved();
    Map<String, String> alone = DependencyTree.of("sluice").resolved();
    // Of what Beam's SDK brings, too, the IOs decide, with or without Sluice.
    alone.keySet().removeAll(DependencyTree.of("beam").resolved().keySet());
    // Beam's module for AWS asks for the older one itself, and so the clients of AWS have it there.
    alone.remove("org.reactivestreams:reactive-streams");
    assertThat(together.keySet()).containsAll(alone.keySet());
    alone.forEach(
        (artifact, version) ->
            assertThat(version(together.get(artifact)))
                .as(artifact)
                .isGreaterThanOrEqualTo(version(version)));
  }

  private static Version version(String version) {
    return Version.parse(version);
  }
}

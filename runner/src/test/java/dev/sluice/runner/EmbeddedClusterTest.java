package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the cluster costs while there is work, and that nothing of it stays afterwards. */
@Timeout(120)
class EmbeddedClusterTest {

  @Test
  void noThreadIsLeftAfterTheLastJob() throws Exception {
    PipelineResult endless = Pipelines.endless().run();
    PipelineResult done = Pipelines.counting().run();
    PipelineResult failed = Pipelines.failing().run();

    done.waitUntilFinish();
    assertThatThrownBy(failed::waitUntilFinish).hasMessageContaining("two is refused");
    assertThat(threadsOfTheCluster()).as("while a job runs").isNotEmpty();
    endless.cancel();

    assertThat(threadsOfTheCluster()).isEmpty();
  }

  @Test
  void noFileIsLeftAfterTheLastJob() throws Exception {
    Set<Path> before = scratchFolders();
    Pipeline pipeline = Pipelines.create();
    pipeline
        .apply(GenerateSequence.from(0).to(100_000))
        .apply(WithKeys.<Long, Long>of(n -> n % 1000).withKeyType(TypeDescriptors.longs()))
        .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
        .apply(GroupByKey.create());
    pipeline.run().waitUntilFinish();

    assertThat(scratchFolders()).isEqualTo(before);
  }

  @Test
  void aTrivialPipelineTakesLittleTimeOnceTheJvmIsWarm() {
    for (int i = 0; i < 30; i++) {
      Pipelines.counting().run().waitUntilFinish();
    }
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long start = System.nanoTime();
      Pipelines.counting().run().waitUntilFinish();
      fastest = Math.min(fastest, System.nanoTime() - start);
    }
    assertThat(TimeUnit.NANOSECONDS.toMillis(fastest)).isLessThan(150);
  }

  @Test
  void noClassLoaderOfAJobIsKeptWhileOthersRunOn() throws Exception {
    PipelineResult endless = Pipelines.endless().run();
    try {
      List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        loaders.add(runWithLoaderOfItsOwn(i % 5 == 0 ? Pipelines.failing() : Pipelines.counting()));
      }
      while (loaders.stream().anyMatch(loader -> loader.get() != null)) {
        assertThat(Thread.currentThread().isInterrupted()).as("collected in time").isFalse();
        System.gc();
      }
    } finally {
      endless.cancel();
    }
  }

  private static WeakReference<ClassLoader> runWithLoaderOfItsOwn(Pipeline pipeline) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader own = new ClassLoader(before) {};
    thread.setContextClassLoader(own);
    try {
      pipeline.run().waitUntilFinish();
    } catch (JobFailedException e) {
      assertThat(e).hasMessageContaining("two is refused");
    } finally {
      thread.setContextClassLoader(before);
    }
    return new WeakReference<>(own);
  }

  private static List<String> threadsOfTheCluster() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(
            name ->
                name.startsWith("endpoint:")
                    || name.startsWith("task:")
                    || name.startsWith("split:"))
        .toList();
  }

  private static Set<Path> scratchFolders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("sluice-"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}

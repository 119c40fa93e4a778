package dev.sluice.runner.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

/** What is known of names that Beam has made by adding a number. */
class NumberedNamesTest {

  private static NumberedNames names(Consumer<PCollection<KV<String, Long>>> transforms) {
    Pipeline pipeline = Pipeline.create();
    transforms.accept(
        pipeline.apply(
            "Make",
            Create.of(KV.of("a", 1L))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))));
    return new NumberedNames(PipelineTranslation.toProto(pipeline).getComponents());
  }

  private static void sumOfMax(PCollection<KV<String, Long>> records) {
    records.apply("Best", Max.perKey()).apply("Best", Sum.longsPerKey());
  }

  @Test
  void aNameOfTheUsersHasNoDigest() {
    NumberedNames names = names(NumberedNamesTest::sumOfMax);
    assertThat(names.digest("Best/GroupByKey")).isEmpty();
    assertThat(names.digest("Make/Read(CreateSource)")).isEmpty();
    assertThat(names.digest("Best2")).isNotEmpty();
    assertThat(names.digest("Best2/GroupByKey")).isEqualTo(names.digest("Best2"));
  }

  @Test
  void itIsTheSameForTheSamePipeline() {
    String digest = names(NumberedNamesTest::sumOfMax).digest("Best2");
    assertThat(names(NumberedNamesTest::sumOfMax).digest("Best2")).isEqualTo(digest);
    NumberedNames withMore =
        names(
            records -> {
              records.apply("More", Sum.longsPerKey());
              sumOfMax(records);
            });
    assertThat(withMore.digest("Best2")).as("what is named otherwise").isEqualTo(digest);
  }

  @Test
  void itIsAnotherOneIfTheTransformsAreOthers() {
    String digest = names(NumberedNamesTest::sumOfMax).digest("Best2");
    NumberedNames exchanged =
        names(records -> records.apply("Best", Sum.longsPerKey()).apply("Best", Max.perKey()));
    assertThat(exchanged.digest("Best2")).isNotEqualTo(digest);
    NumberedNames oneBefore =
        names(
            records -> {
              records.apply("Best", Sum.longsPerKey());
              sumOfMax(records);
            });
    assertThat(oneBefore.digest("Best2")).isNotEqualTo(digest);
    assertThat(oneBefore.digest("Best3")).isEqualTo(oneBefore.digest("Best2"));
  }
}

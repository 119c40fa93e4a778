package dev.sluice.runner;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.SerializableFunctions;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs in which each element is encoded, and nothing but elements. */
@Timeout(60)
class EncodabilityTest {

  @Test
  void letsInputsOfACombineThroughThatAreNotWorthCombining() {
    Pipeline pipeline = Pipelines.create("--checkEncodability=true", "--parallelism=1");
    PAssert.thatSingleton(
            pipeline
                .apply(GenerateSequence.from(0).to(30_000))
                .apply(
                    WithKeys.<Long, Long>of(SerializableFunctions.identity())
                        .withKeyType(TypeDescriptors.longs()))
                .apply(Sum.longsPerKey())
                .apply(Count.globally()))
        .isEqualTo(30_000L);

    pipeline.run().waitUntilFinish();
  }
}

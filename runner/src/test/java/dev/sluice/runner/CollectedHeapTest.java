package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.store.HeapGauge;
import org.junit.jupiter.api.Test;

/** Sees what a collection leaves. */
class CollectedHeapTest {
  @Test
  void seesWhatIsKeptAfterItWasCollected() {
    CollectedHeap heap = new CollectedHeap();
    System.gc();
    HeapGauge.Reading before = heap.read();
    byte[] kept = new byte[40 << 20];
    System.gc();
    HeapGauge.Reading after = heap.read();
    assertThat(kept).hasSize(40 << 20);
    assertThat(after.collections()).isGreaterThan(before.collections());
    assertThat(after.usedBytes() - before.usedBytes()).isGreaterThan(30 << 20);
    assertThat(after.maxBytes()).isGreaterThan(after.usedBytes());
  }
}

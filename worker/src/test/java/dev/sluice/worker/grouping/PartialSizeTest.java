package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.junit.jupiter.api.Test;

class PartialSizeTest {
  private static final int MOST = 8 << 20;

  private final PartialSize size = new PartialSize(ByteArrayCoder.of(), MOST);

  @Test
  void manyOfSomeSizeAreTooMuch() {
    byte[] kilobyte = new byte[1 << 10];
    assertThat(size.isTooMuch(8_000, kilobyte)).isFalse();
    assertThat(size.isTooMuch(8_192, kilobyte)).isTrue();
  }

  @Test
  void oneThatIsLargeIsTooMuchAmongAFew() {
    assertThat(size.isTooMuch(1, new byte[1])).isFalse();
    assertThat(size.isTooMuch(1, new byte[MOST])).isTrue();
  }

  @Test
  void theLargerTheyAreTheLessOftenItLooks() {
    assertThat(size.isTooMuch(1, new byte[3 << 20])).isFalse();
    for (int slice = 0; slice < 3; slice++) {
      assertThat(size.isTooMuch(1, new byte[MOST])).isFalse();
    }
    assertThat(size.isTooMuch(1, new byte[MOST])).isTrue();
  }

  @Test
  void itForgetsWhatHasLeft() {
    assertThat(size.isTooMuch(1, new byte[7 << 20])).isFalse();
    size.reset();
    assertThat(size.isTooMuch(100, new byte[1])).isFalse();
  }
}

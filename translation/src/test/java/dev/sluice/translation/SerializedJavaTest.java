package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;

/** What is read of an object that nobody may make. */
class SerializedJavaTest {

  /** Deserializing it is an error. */
  private static final class Trap implements Serializable {
    @SuppressWarnings("unused") // Java's serialization would call it
    private void readObject(ObjectInputStream in) {
      throw new AssertionError("was deserialized");
    }
  }

  @Test
  void theClassIsNamedWithoutMakingTheObject() {
    byte[] bytes = SerializableUtils.serializeToByteArray(new Trap());
    assertThat(SerializedJava.className(bytes)).hasValue(Trap.class.getName());
  }

  @Test
  void whatStandsInForAnotherHasNoName() {
    SerializableFunction<String, String> lambda = text -> text;
    assertThat(SerializedJava.className(SerializableUtils.serializeToByteArray(lambda))).isEmpty();
  }

  @Test
  void otherBytesHaveNoName() {
    byte[] bytes = SerializableUtils.serializeToByteArray(new Trap());
    assertThat(SerializedJava.className(new byte[0])).isEmpty();
    assertThat(SerializedJava.className(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})).isEmpty();
    assertThat(SerializedJava.className(Arrays.copyOf(bytes, bytes.length / 2))).isEmpty();
  }
}

package dev.sluice.translation;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectStreamConstants;
import java.util.Optional;
import org.xerial.snappy.SnappyInputStream;

/**
 * Reads what a Java object in a pipeline is without making it: bytes that somebody submitted are
 * deserialized only where user code runs.
 *
 * <p>The form is that of Beam's {@code SerializableUtils}: Java's object serialization stream (Java
 * Object Serialization Specification, section 6.4.2) inside a Snappy stream. Pure functions.
 */
final class SerializedJava {
  private SerializedJava() {}

  /**
   * The full name of the class of the object in {@code bytes}.
   *
   * @return empty if the bytes hold no plain object, or hold one that stands in for another
   */
  static Optional<String> className(byte[] bytes) {
    try (InputStream snappy = new SnappyInputStream(new ByteArrayInputStream(bytes));
        DataInputStream stream = new DataInputStream(snappy)) {
      boolean plain =
          stream.readShort() == ObjectStreamConstants.STREAM_MAGIC
              && stream.readShort() == ObjectStreamConstants.STREAM_VERSION
              && stream.readByte() == ObjectStreamConstants.TC_OBJECT
              && stream.readByte() == ObjectStreamConstants.TC_CLASSDESC;
      return plain
          ? Optional.of(stream.readUTF()).filter(name -> !name.startsWith("java.lang.invoke."))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

package dev.sluice.state.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.state.error.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Manifests and claims as JSON. Any thread. */
public final class ManifestJson {
  private final ObjectMapper mapper =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** Writes a record. */
  public byte[] write(Object record) {
    try {
      return mapper.writeValueAsString(record).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that is not JSON: " + record, e);
    }
  }

  /**
   * Reads a manifest.
   *
   * @throws CheckpointException if a newer version has written it, or it is no manifest
   */
  public Manifest manifest(byte[] bytes, String where) {
    try {
      JsonNode tree = mapper.readTree(bytes);
      int format = tree.path("format").asInt(0);
      if (format > Manifest.FORMAT) {
        throw new CheckpointException(
            ("%s has format %d, which a newer version of Sluice has written; this one reads up to"
                    + " %d: run the job with that version, or take a savepoint with it first")
                .formatted(where, format, Manifest.FORMAT));
      }
      if (format < 1) {
        throw new CheckpointException(where + " is not a manifest of Sluice: it has no format");
      }
      return mapper.treeToValue(tree, Manifest.class);
    } catch (IOException e) {
      throw new CheckpointException(where + " cannot be read as a manifest: " + said(e), e);
    }
  }

  JobClaim claim(byte[] bytes, String where) {
    try {
      return mapper.readValue(bytes, JobClaim.class);
    } catch (IOException e) {
      throw new CheckpointException(
          ("%s is damaged, so nobody can tell which checkpoints the job has (%s). Put the file"
                  + " back, or move its folder away to start over")
              .formatted(where, said(e)),
          e);
    }
  }

  /** Without the bytes it was found in, which Jackson adds. */
  private static String said(IOException e) {
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
  }

  static int crcOf(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}

package dev.sluice.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** Reads the payloads of transforms; pure functions that name the transform when one is broken. */
final class Payloads {
  private Payloads() {}

  /** Parses bytes of a payload. */
  private interface Parser<T> {
    T parse(ByteString bytes) throws InvalidProtocolBufferException;
  }

  static RunnerApi.ParDoPayload parDo(RunnerApi.PTransform transform) {
    return parse(transform, RunnerApi.ParDoPayload::parseFrom);
  }

  static RunnerApi.ReadPayload read(RunnerApi.PTransform transform) {
    return parse(transform, RunnerApi.ReadPayload::parseFrom);
  }

  static RunnerApi.CombinePayload combine(RunnerApi.PTransform transform) {
    return parse(transform, RunnerApi.CombinePayload::parseFrom);
  }

  static RunnerApi.WindowIntoPayload windowInto(RunnerApi.PTransform transform) {
    return parse(transform, RunnerApi.WindowIntoPayload::parseFrom);
  }

  private static <T> T parse(RunnerApi.PTransform transform, Parser<T> parser) {
    try {
      return parser.parse(transform.getSpec().getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "The payload of transform '%s' (%s) cannot be parsed: %s"
              .formatted(transform.getUniqueName(), transform.getSpec().getUrn(), e.getMessage()),
          e);
    }
  }
}

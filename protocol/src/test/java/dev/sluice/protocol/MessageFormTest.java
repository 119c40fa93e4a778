package dev.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.wire.Wire;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnknownFieldSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is written is read as it was. */
class MessageFormTest {

  @TestFactory
  Stream<DynamicTest> everyMessageComesBackAsItWas() {
    return Samples.all().stream()
        .map(
            content ->
                DynamicTest.dynamicTest(
                    content.getClass().getSimpleName(),
                    () -> {
                      Envelope sent = new Envelope("main", 7, 2, "worker-1", content);
                      Message packet = new Packet("p1", List.of("a", "b"), "c", 12, sent);
                      assertThat(again(sent)).isEqualTo(sent);
                      assertThat(again(packet)).isEqualTo(packet);
                    }));
  }

  @Test
  void thereIsASampleOfEachKind() {
    assertThat(Samples.all().stream().map(Object::getClass).collect(Collectors.toSet()))
        .containsAll(leaves(Content.class).toList());
  }

  private static Stream<Class<?>> leaves(Class<?> sealed) {
    return sealed.isSealed()
        ? Arrays.stream(sealed.getPermittedSubclasses()).flatMap(MessageFormTest::leaves)
        : Stream.of(sealed);
  }

  @Test
  void arrivalsAndSplitsComeBackAsTheyWere() {
    Message arrived = new Arrived("p2", "c", Long.MAX_VALUE);
    assertThat(again(arrived)).isEqualTo(arrived);

    SourceSplit split = new SourceSplit(3, 9, new byte[] {1, 2, -3});
    Envelope sent =
        new Envelope(
            "main",
            1,
            1,
            "coordinator",
            new WorkerEvent.SourcesSplit(
                Samples.JOB, Map.of("read", List.of(split)), MetricBytes.NONE));
    WorkerEvent.SourcesSplit back = (WorkerEvent.SourcesSplit) ((Envelope) again(sent)).content();
    assertThat(back.splits().get("read"))
        .singleElement()
        .satisfies(
            same -> {
              assertThat(same.number()).isEqualTo(3);
              assertThat(same.count()).isEqualTo(9);
              assertThat(same.source()).isEqualTo(split.source());
            });
  }

  @Test
  void aFieldThatIsNotKnownIsIgnored() throws Exception {
    Envelope sent = new Envelope("main", 1, 1, "w", new Heartbeat("w"));
    Wire.Message.Builder wire = Wire.Message.parseFrom(MessageForm.write(sent)).toBuilder();
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(
                9_999,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("newer"))
                    .build())
            .build();
    wire.getEnvelopeBuilder().setUnknownFields(newer);
    assertThat(MessageForm.read(wire.build().toByteArray())).isEqualTo(sent);
  }

  @Test
  void aContentThatIsNotKnownIsRefusedByName() {
    byte[] newer =
        Wire.Message.newBuilder()
            .setEnvelope(Wire.Envelope.newBuilder().setCluster("main"))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> MessageForm.read(newer))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("run the same version in all processes");
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    byte[] whole = MessageForm.write(new Envelope("main", 1, 1, "w", new Heartbeat("worker-1")));
    assertThatThrownBy(() -> MessageForm.read(Arrays.copyOf(whole, whole.length - 3)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("are not a message of Sluice");
  }

  @Test
  void aKindOfFailureThatIsNotKnownIsABug() {
    Wire.Failure newer = Wire.Failure.newBuilder().setKind("METEORITE").setMessage("hit").build();
    assertThat(ValueForm.read(newer).kind()).isEqualTo(FailureKind.ENGINE_BUG);
  }

  private static Message again(Message message) {
    return MessageForm.read(MessageForm.write(message));
  }
}

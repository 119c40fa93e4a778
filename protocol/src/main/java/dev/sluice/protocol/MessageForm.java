package dev.sluice.protocol;

import dev.sluice.protocol.wire.Wire;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * The binary form of messages: protobuf, as {@code sluice.proto} says. Pure functions.
 *
 * <p>What was written by a newer version is read as far as it is known here: fields that are not
 * are ignored, a content that is not is refused.
 */
public final class MessageForm {
  private MessageForm() {}

  /** The bytes of {@code message}. */
  public static byte[] write(Message message) {
    return wire(message).toByteArray();
  }

  /**
   * The message that {@code bytes} are.
   *
   * @throws MalformedMessageException if they are none that is known here
   */
  public static Message read(byte[] bytes) {
    try {
      return message(Wire.Message.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedMessageException(
          "%d bytes that were received are not a message of Sluice: %s. Is the peer a Sluice process?"
              .formatted(bytes.length, e.getMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException(
          "a message that was received does not keep to the protocol: " + e.getMessage(), e);
    }
  }

  private static Wire.Message wire(Message message) {
    Wire.Message.Builder wire = Wire.Message.newBuilder();
    if (message instanceof Envelope envelope) {
      wire.setEnvelope(wire(envelope));
    } else if (message instanceof Packet packet) {
      wire.setPacket(
          Wire.Packet.newBuilder()
              .setProcess(packet.process())
              .addAllAddresses(packet.addresses())
              .setTo(packet.to())
              .setNumber(packet.number())
              .setMessage(wire(packet.message())));
    } else if (message instanceof Arrived arrived) {
      wire.setArrived(
          Wire.Arrived.newBuilder()
              .setProcess(arrived.process())
              .setTo(arrived.to())
              .setBelow(arrived.below()));
    }
    return wire.build();
  }

  private static Message message(Wire.Message wire) throws InvalidProtocolBufferException {
    return switch (wire.getKindCase()) {
      case ENVELOPE -> envelope(wire.getEnvelope());
      case PACKET -> {
        Wire.Packet packet = wire.getPacket();
        yield new Packet(
            packet.getProcess(),
            packet.getAddressesList(),
            packet.getTo(),
            packet.getNumber(),
            message(packet.getMessage()));
      }
      case ARRIVED -> {
        Wire.Arrived arrived = wire.getArrived();
        yield new Arrived(arrived.getProcess(), arrived.getTo(), arrived.getBelow());
      }
      case KIND_NOT_SET -> throw unknown("message");
    };
  }

  private static Wire.Envelope wire(Envelope envelope) {
    Wire.Envelope.Builder wire =
        Wire.Envelope.newBuilder()
            .setCluster(envelope.cluster())
            .setEpoch(envelope.epoch())
            .setAttempt(envelope.attempt())
            .setFrom(envelope.from());
    Content content = envelope.content();
    if (content instanceof WorkerCommand command) {
      CommandForm.write(command, wire);
    } else if (content instanceof WorkerEvent event) {
      EventForm.write(event, wire);
    } else if (content instanceof ClientRequest request) {
      RequestForm.write(request, wire);
    } else if (content instanceof JobUpdate update) {
      UpdateForm.write(update, wire);
    } else if (content instanceof WorkerRegistered registered) {
      wire.setWorkerRegistered(Wire.WorkerRegistered.newBuilder().setWorker(registered.worker()));
    } else if (content instanceof Heartbeat heartbeat) {
      wire.setHeartbeat(Wire.Heartbeat.newBuilder().setWorker(heartbeat.worker()));
    }
    return wire.build();
  }

  private static Envelope envelope(Wire.Envelope wire) throws InvalidProtocolBufferException {
    return new Envelope(
        wire.getCluster(), wire.getEpoch(), wire.getAttempt(), wire.getFrom(), content(wire));
  }

  private static Content content(Wire.Envelope wire) throws InvalidProtocolBufferException {
    return switch (wire.getContentCase()) {
      case WORKER_REGISTERED -> new WorkerRegistered(wire.getWorkerRegistered().getWorker());
      case HEARTBEAT -> new Heartbeat(wire.getHeartbeat().getWorker());
      case SPLIT_SOURCES,
          DEPLOY,
          STOP,
          SET_CLOCK,
          PROBE_QUIESCENCE,
          QUIESCENT,
          TRIGGER_CHECKPOINT,
          COMPLETE_CHECKPOINT,
          ABANDON_CHECKPOINT,
          DRAIN,
          REPORT_METRICS ->
          CommandForm.read(wire);
      case SOURCES_SPLIT,
          TASK_FINISHED,
          TASK_FAILED,
          JOB_STOPPED,
          QUIESCENCE_WANTED,
          QUIET,
          CLOCK_MOVED,
          CHECKPOINT_WANTED,
          CHECKPOINT_ACKNOWLEDGED,
          CHECKPOINT_FAILED,
          CHECKPOINT_RELEASED,
          WORKER_METRICS ->
          EventForm.read(wire);
      case SUBMIT, CANCEL, DRAIN_JOB, SAVEPOINT, QUERY_METRICS -> RequestForm.read(wire);
      case ACCEPTED, REFUSED, ADVANCED, JOB_METRICS, SAVEPOINT_DONE, SAVEPOINT_FAILED, ENDED ->
          UpdateForm.read(wire);
      case CONTENT_NOT_SET -> throw unknown("content");
    };
  }

  static MalformedMessageException unknown(String what) {
    return new MalformedMessageException(
        "a %s was received that this version of Sluice does not know; run the same version in all processes of a cluster"
            .formatted(what));
  }
}

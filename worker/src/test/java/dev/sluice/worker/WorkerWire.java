package dev.sluice.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Message;
import dev.sluice.protocol.MessageForm;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.TranslatedPrograms;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.Network;
import dev.sluice.protocol.world.StorageOpener;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;

/**
 * What a worker that a test drives sends to: itself, and the coordinator, which the test plays.
 * Whatever goes to the coordinator is written and read again on its way.
 *
 * @param toWorker takes what the worker is to be given
 * @param toCoordinator takes what the worker tells of jobs
 * @param toWorkerLater takes what the worker is to be given after a while
 */
record WorkerWire(
    Consumer<Object> toWorker, Consumer<Envelope> toCoordinator, Consumer<Object> toWorkerLater)
    implements Network {
  private static final String CLUSTER = "test";
  private static final String COORDINATOR = "coordinator";

  static Membership membership(String worker) {
    return new Membership(CLUSTER, worker, COORDINATOR);
  }

  /** What a worker gets for a command of the coordinator. */
  static Envelope command(int attempt, WorkerCommand command) {
    Envelope sent = new Envelope(CLUSTER, 1, attempt, COORDINATOR, command);
    return (Envelope) MessageForm.read(MessageForm.write(sent));
  }

  /** Those of a worker in this process. */
  static Resolvers resolvers(StorageOpener storages) {
    return new Resolvers(
        new TranslatedPrograms(),
        (job, hashes) -> WorkerWire.class.getClassLoader(),
        storages,
        Exceptions.NOT_KEPT);
  }

  /** Those of a worker without checkpoints. */
  static Resolvers resolvers() {
    return resolvers(
        (location, namedBy) -> {
          throw new AssertionError("no place is named here, but " + location);
        });
  }

  static Program program(Pipeline pipeline, boolean streaming) {
    try {
      return new Program(
          PipelineTranslation.toProto(pipeline),
          streaming,
          new ObjectMapper().writeValueAsString(pipeline.getOptions()),
          List.of());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void register(String address, Endpoint endpoint) {}

  @Override
  public void unregister(String address) {}

  @Override
  public void send(String to, Message message) {
    Envelope copy = (Envelope) MessageForm.read(MessageForm.write(message));
    if (copy.content() instanceof WorkerEvent) {
      toCoordinator.accept(copy);
    }
  }

  @Override
  public void post(String own, Object note) {
    toWorker.accept(note);
  }

  @Override
  public void postLater(String own, Object note, long delayMs) {
    toWorkerLater.accept(note);
  }
}

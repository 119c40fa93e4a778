package dev.sluice.protocol;

import dev.sluice.protocol.ClientRequest.Cancel;
import dev.sluice.protocol.ClientRequest.Drain;
import dev.sluice.protocol.ClientRequest.QueryMetrics;
import dev.sluice.protocol.ClientRequest.Savepoint;
import dev.sluice.protocol.ClientRequest.Submit;
import dev.sluice.protocol.wire.Wire;
import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.log.TransformNames;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** The binary form of what a client asks of the coordinator. Pure functions. */
final class RequestForm {
  private RequestForm() {}

  static void write(ClientRequest request, Wire.Envelope.Builder to) {
    if (request instanceof Submit submit) {
      to.setSubmit(write(submit.submission()));
    } else if (request instanceof Cancel cancel) {
      to.setCancel(ValueForm.job(cancel.job()));
    } else if (request instanceof Drain drain) {
      to.setDrainJob(ValueForm.job(drain.job()));
    } else if (request instanceof Savepoint savepoint) {
      to.setSavepoint(
          Wire.Savepoint.newBuilder()
              .setJob(savepoint.job().value())
              .setRequest(savepoint.wanted().request())
              .setLocation(ValueForm.write(savepoint.wanted().location()))
              .setThen(Wire.Then.valueOf(savepoint.wanted().then().name())));
    } else if (request instanceof QueryMetrics query) {
      to.setQueryMetrics(ValueForm.numbered(query.job(), query.request()));
    }
  }

  static ClientRequest read(Wire.Envelope wire) throws InvalidProtocolBufferException {
    return switch (wire.getContentCase()) {
      case SUBMIT -> new Submit(read(wire.getSubmit()));
      case CANCEL -> new Cancel(new JobId(wire.getCancel().getJob()));
      case DRAIN_JOB -> new Drain(new JobId(wire.getDrainJob().getJob()));
      case SAVEPOINT -> {
        Wire.Savepoint savepoint = wire.getSavepoint();
        yield new Savepoint(
            new JobId(savepoint.getJob()),
            new SavepointRequest(
                savepoint.getRequest(),
                ValueForm.read(savepoint.getLocation()),
                SavepointRequest.Then.valueOf(savepoint.getThen().name())));
      }
      case QUERY_METRICS -> {
        Wire.NumberedCommand query = wire.getQueryMetrics();
        yield new QueryMetrics(new JobId(query.getJob()), query.getNumber());
      }
      default -> throw MessageForm.unknown("request");
    };
  }

  private static Wire.Submission write(Submission submission) {
    return Wire.Submission.newBuilder()
        .setJob(submission.id().value())
        .setName(submission.name())
        .setProgram(ValueForm.write(submission.program()))
        .setSettings(write(submission.settings()))
        .setClient(submission.client())
        .setOrigin(write(submission.origin()))
        .build();
  }

  private static Submission read(Wire.Submission wire) throws InvalidProtocolBufferException {
    return new Submission(
        new JobId(wire.getJob()),
        wire.getName(),
        ValueForm.read(wire.getProgram()),
        read(wire.getSettings()),
        wire.getClient(),
        read(wire.getOrigin()));
  }

  private static Wire.Settings write(JobSettings settings) {
    return Wire.Settings.newBuilder()
        .setParallelism(settings.parallelism())
        .setCheckpointIntervalMs(settings.checkpoints().intervalMs())
        .setCheckpointTimeoutMs(settings.checkpoints().timeoutMs())
        .setToleratedCheckpointFailures(settings.checkpoints().toleratedFailures())
        .setRestartAttempts(settings.restartAttempts())
        .build();
  }

  private static JobSettings read(Wire.Settings wire) {
    return new JobSettings(
        wire.getParallelism(),
        new JobSettings.Checkpoints(
            wire.getCheckpointIntervalMs(),
            wire.getCheckpointTimeoutMs(),
            wire.getToleratedCheckpointFailures()),
        wire.getRestartAttempts());
  }

  private static Wire.WantedOrigin write(WantedOrigin origin) {
    Wire.WantedOrigin.Builder wire =
        Wire.WantedOrigin.newBuilder()
            .setFresh(origin.fresh())
            .setAllowDropState(origin.allowDropState())
            .putAllNames(origin.names().newByOld());
    origin.storage().ifPresent(location -> wire.setStorage(ValueForm.write(location)));
    origin.savepoint().ifPresent(location -> wire.setSavepoint(ValueForm.write(location)));
    for (TransformSignature signature : origin.signature()) {
      wire.addSignature(
          Wire.TransformSignature.newBuilder()
              .setName(signature.name())
              .setKeyCoder(signature.keyCoder())
              .setWindowing(signature.windowing())
              .putAllStates(signature.states())
              .setNumbered(signature.numbered()));
    }
    return wire.build();
  }

  private static WantedOrigin read(Wire.WantedOrigin wire) {
    return new WantedOrigin(
        wire.hasStorage() ? Optional.of(ValueForm.read(wire.getStorage())) : Optional.empty(),
        wire.hasSavepoint() ? Optional.of(ValueForm.read(wire.getSavepoint())) : Optional.empty(),
        wire.getFresh(),
        wire.getAllowDropState(),
        new TransformNames(wire.getNamesMap()),
        wire.getSignatureList().stream()
            .map(
                signature ->
                    new TransformSignature(
                        signature.getName(),
                        signature.getKeyCoder(),
                        signature.getWindowing(),
                        new TreeMap<>(signature.getStatesMap()),
                        signature.getNumbered()))
            .toList());
  }
}

package dev.sluice.protocol;

import dev.sluice.protocol.JobUpdate.Accepted;
import dev.sluice.protocol.JobUpdate.Advanced;
import dev.sluice.protocol.JobUpdate.Ended;
import dev.sluice.protocol.JobUpdate.JobMetricValues;
import dev.sluice.protocol.JobUpdate.Metrics;
import dev.sluice.protocol.JobUpdate.Refused;
import dev.sluice.protocol.JobUpdate.SavepointDone;
import dev.sluice.protocol.JobUpdate.SavepointFailed;
import dev.sluice.protocol.wire.Wire;
import java.util.Optional;

/** The binary form of what the coordinator reports to the client of a job. Pure functions. */
final class UpdateForm {
  private UpdateForm() {}

  static void write(JobUpdate update, Wire.Envelope.Builder to) {
    JobId job = update.job();
    if (update instanceof Accepted accepted) {
      to.setAccepted(
          Wire.Accepted.newBuilder().setJob(job.value()).addAllBeginnings(accepted.beginnings()));
    } else if (update instanceof Refused refused) {
      to.setRefused(ValueForm.failed(job, refused.failure()));
    } else if (update instanceof Advanced advanced) {
      to.setAdvanced(
          Wire.Advanced.newBuilder().setJob(job.value()).setPhase(phase(advanced.phase())));
    } else if (update instanceof Metrics metrics) {
      to.setJobMetrics(
          Wire.JobMetrics.newBuilder()
              .setJob(job.value())
              .setRequest(metrics.request())
              .setAttempted(metrics.values().attempted().infos())
              .setCommitted(metrics.values().committed().infos()));
    } else if (update instanceof SavepointDone done) {
      to.setSavepointDone(answer(job, done.request(), done.location()));
    } else if (update instanceof SavepointFailed failed) {
      to.setSavepointFailed(answer(job, failed.request(), failed.reason()));
    } else if (update instanceof Ended ended) {
      Wire.Ended.Builder wire =
          Wire.Ended.newBuilder()
              .setJob(job.value())
              .setPhase(phase(ended.phase()))
              .setAttempted(ended.metrics().attempted().infos())
              .setCommitted(ended.metrics().committed().infos());
      ended.failure().ifPresent(failure -> wire.setFailure(ValueForm.write(failure)));
      to.setEnded(wire);
    }
  }

  private static Wire.SavepointAnswer answer(JobId job, long request, String text) {
    return Wire.SavepointAnswer.newBuilder()
        .setJob(job.value())
        .setRequest(request)
        .setText(text)
        .build();
  }

  private static Wire.Phase phase(JobPhase phase) {
    return Wire.Phase.valueOf(phase.name());
  }

  static JobUpdate read(Wire.Envelope wire) {
    return switch (wire.getContentCase()) {
      case ACCEPTED ->
          new Accepted(
              new JobId(wire.getAccepted().getJob()), wire.getAccepted().getBeginningsList());
      case REFUSED ->
          new Refused(
              new JobId(wire.getRefused().getJob()),
              ValueForm.read(wire.getRefused().getFailure()));
      case ADVANCED ->
          new Advanced(
              new JobId(wire.getAdvanced().getJob()),
              JobPhase.valueOf(wire.getAdvanced().getPhase().name()));
      case JOB_METRICS -> {
        Wire.JobMetrics metrics = wire.getJobMetrics();
        yield new Metrics(
            new JobId(metrics.getJob()),
            metrics.getRequest(),
            new JobMetricValues(
                new MetricBytes(metrics.getAttempted()), new MetricBytes(metrics.getCommitted())));
      }
      case SAVEPOINT_DONE -> {
        Wire.SavepointAnswer done = wire.getSavepointDone();
        yield new SavepointDone(new JobId(done.getJob()), done.getRequest(), done.getText());
      }
      case SAVEPOINT_FAILED -> {
        Wire.SavepointAnswer failed = wire.getSavepointFailed();
        yield new SavepointFailed(
            new JobId(failed.getJob()), failed.getRequest(), failed.getText());
      }
      case ENDED -> {
        Wire.Ended ended = wire.getEnded();
        yield new Ended(
            new JobId(ended.getJob()),
            JobPhase.valueOf(ended.getPhase().name()),
            ended.hasFailure() ? Optional.of(ValueForm.read(ended.getFailure())) : Optional.empty(),
            new JobMetricValues(
                new MetricBytes(ended.getAttempted()), new MetricBytes(ended.getCommitted())));
      }
      default -> throw MessageForm.unknown("update");
    };
  }
}

package dev.sluice.protocol;

import dev.sluice.protocol.WorkerCommand.AbandonCheckpoint;
import dev.sluice.protocol.WorkerCommand.CompleteCheckpoint;
import dev.sluice.protocol.WorkerCommand.Deploy;
import dev.sluice.protocol.WorkerCommand.Drain;
import dev.sluice.protocol.WorkerCommand.ProbeQuiescence;
import dev.sluice.protocol.WorkerCommand.Quiescent;
import dev.sluice.protocol.WorkerCommand.ReportMetrics;
import dev.sluice.protocol.WorkerCommand.SetClock;
import dev.sluice.protocol.WorkerCommand.SplitSources;
import dev.sluice.protocol.WorkerCommand.Stop;
import dev.sluice.protocol.WorkerCommand.TriggerCheckpoint;
import dev.sluice.protocol.wire.Wire;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** The binary form of what the coordinator sends to a worker. Pure functions. */
final class CommandForm {
  private CommandForm() {}

  static void write(WorkerCommand command, Wire.Envelope.Builder to) {
    JobId job = command.job();
    if (command instanceof SplitSources split) {
      to.setSplitSources(
          Wire.SplitSources.newBuilder()
              .setJob(job.value())
              .setProgram(ValueForm.write(split.program()))
              .addAllKnown(ValueForm.write(split.known()))
              .setTasks(split.tasks()));
    } else if (command instanceof Deploy deploy) {
      to.setDeploy(write(deploy));
    } else if (command instanceof Stop) {
      to.setStop(ValueForm.job(job));
    } else if (command instanceof SetClock clock) {
      to.setSetClock(Wire.SetClock.newBuilder().setJob(job.value()).setNowMs(clock.nowMs()));
    } else if (command instanceof ProbeQuiescence probe) {
      to.setProbeQuiescence(ValueForm.numbered(job, probe.round()));
    } else if (command instanceof Quiescent quiescent) {
      to.setQuiescent(ValueForm.task(job, quiescent.task()));
    } else if (command instanceof TriggerCheckpoint trigger) {
      to.setTriggerCheckpoint(
          Wire.TriggerCheckpoint.newBuilder()
              .setJob(job.value())
              .setCheckpoint(trigger.checkpoint())
              .setBarrier(Wire.Barrier.valueOf(trigger.barrier().name())));
    } else if (command instanceof CompleteCheckpoint complete) {
      to.setCompleteCheckpoint(ValueForm.numbered(job, complete.checkpoint()));
    } else if (command instanceof AbandonCheckpoint abandon) {
      to.setAbandonCheckpoint(ValueForm.numbered(job, abandon.checkpoint()));
    } else if (command instanceof Drain) {
      to.setDrain(ValueForm.job(job));
    } else if (command instanceof ReportMetrics report) {
      to.setReportMetrics(ValueForm.numbered(job, report.request()));
    }
  }

  private static Wire.Deploy write(Deploy deploy) {
    Wire.Deploy.Builder wire =
        Wire.Deploy.newBuilder()
            .setJob(deploy.job().value())
            .setProgram(ValueForm.write(deploy.program()))
            .addAllSplits(ValueForm.write(deploy.splits()))
            .setParallelism(deploy.parallelism())
            .setManualClock(deploy.manualClock())
            .setAttempt(ValueForm.write(deploy.attempt()));
    deploy.tasks().forEach(task -> wire.addTasks(ValueForm.write(task)));
    return wire.build();
  }

  static WorkerCommand read(Wire.Envelope wire) throws InvalidProtocolBufferException {
    return switch (wire.getContentCase()) {
      case SPLIT_SOURCES -> {
        Wire.SplitSources split = wire.getSplitSources();
        yield new SplitSources(
            new JobId(split.getJob()),
            ValueForm.read(split.getProgram()),
            ValueForm.readSplits(split.getKnownList()),
            split.getTasks());
      }
      case DEPLOY -> read(wire.getDeploy());
      case STOP -> new Stop(new JobId(wire.getStop().getJob()));
      case SET_CLOCK ->
          new SetClock(new JobId(wire.getSetClock().getJob()), wire.getSetClock().getNowMs());
      case PROBE_QUIESCENCE -> {
        Wire.NumberedCommand probe = wire.getProbeQuiescence();
        yield new ProbeQuiescence(new JobId(probe.getJob()), probe.getNumber());
      }
      case QUIESCENT -> {
        Wire.TaskCommand quiescent = wire.getQuiescent();
        yield new Quiescent(new JobId(quiescent.getJob()), ValueForm.read(quiescent.getTask()));
      }
      case TRIGGER_CHECKPOINT -> {
        Wire.TriggerCheckpoint trigger = wire.getTriggerCheckpoint();
        yield new TriggerCheckpoint(
            new JobId(trigger.getJob()),
            trigger.getCheckpoint(),
            Barrier.valueOf(trigger.getBarrier().name()));
      }
      case COMPLETE_CHECKPOINT -> {
        Wire.NumberedCommand complete = wire.getCompleteCheckpoint();
        yield new CompleteCheckpoint(new JobId(complete.getJob()), complete.getNumber());
      }
      case ABANDON_CHECKPOINT -> {
        Wire.NumberedCommand abandon = wire.getAbandonCheckpoint();
        yield new AbandonCheckpoint(new JobId(abandon.getJob()), abandon.getNumber());
      }
      case DRAIN -> new Drain(new JobId(wire.getDrain().getJob()));
      case REPORT_METRICS -> {
        Wire.NumberedCommand report = wire.getReportMetrics();
        yield new ReportMetrics(new JobId(report.getJob()), report.getNumber());
      }
      default -> throw MessageForm.unknown("command");
    };
  }

  private static Deploy read(Wire.Deploy wire) throws InvalidProtocolBufferException {
    return new Deploy(
        new JobId(wire.getJob()),
        ValueForm.read(wire.getProgram()),
        wire.getTasksList().stream().map(ValueForm::read).toList(),
        ValueForm.readSplits(wire.getSplitsList()),
        wire.getParallelism(),
        wire.getManualClock(),
        ValueForm.read(wire.getAttempt()));
  }
}

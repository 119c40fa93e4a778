package dev.sluice.protocol;

import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.protocol.WorkerEvent.CheckpointFailed;
import dev.sluice.protocol.WorkerEvent.CheckpointReleased;
import dev.sluice.protocol.WorkerEvent.CheckpointWanted;
import dev.sluice.protocol.WorkerEvent.ClockMoved;
import dev.sluice.protocol.WorkerEvent.JobStopped;
import dev.sluice.protocol.WorkerEvent.Metrics;
import dev.sluice.protocol.WorkerEvent.QuiescenceWanted;
import dev.sluice.protocol.WorkerEvent.Quiet;
import dev.sluice.protocol.WorkerEvent.SourcesSplit;
import dev.sluice.protocol.WorkerEvent.TaskFailed;
import dev.sluice.protocol.WorkerEvent.TaskFinished;
import dev.sluice.protocol.wire.Wire;
import dev.sluice.state.storage.TaskSnapshot;

/** The binary form of what a worker reports to the coordinator. Pure functions. */
final class EventForm {
  private EventForm() {}

  static void write(WorkerEvent event, Wire.Envelope.Builder to) {
    JobId job = event.job();
    if (event instanceof SourcesSplit split) {
      to.setSourcesSplit(
          Wire.SourcesSplit.newBuilder()
              .setJob(job.value())
              .addAllSplits(ValueForm.write(split.splits()))
              .setMetrics(split.metrics().infos()));
    } else if (event instanceof TaskFinished finished) {
      to.setTaskFinished(ValueForm.task(job, finished.task()));
    } else if (event instanceof TaskFailed failed) {
      to.setTaskFailed(ValueForm.failed(job, failed.failure()));
    } else if (event instanceof JobStopped stopped) {
      to.setJobStopped(
          Wire.JobStopped.newBuilder().setJob(job.value()).setMetrics(stopped.metrics().infos()));
    } else if (event instanceof QuiescenceWanted wanted) {
      to.setQuiescenceWanted(ValueForm.task(job, wanted.task()));
    } else if (event instanceof Quiet quiet) {
      to.setQuiet(
          Wire.Quiet.newBuilder()
              .setJob(job.value())
              .setRound(quiet.round())
              .setSent(quiet.sent())
              .setReceived(quiet.received())
              .setSteps(quiet.steps()));
    } else if (event instanceof ClockMoved moved) {
      to.setClockMoved(Wire.SetClock.newBuilder().setJob(job.value()).setNowMs(moved.nowMs()));
    } else if (event instanceof CheckpointReleased released) {
      to.setCheckpointReleased(ValueForm.numbered(job, released.checkpoint()));
    } else if (event instanceof Metrics metrics) {
      to.setWorkerMetrics(
          Wire.WorkerMetrics.newBuilder()
              .setJob(job.value())
              .setRequest(metrics.request())
              .setMetrics(metrics.metrics().infos()));
    } else {
      writeOfCheckpoint(event, to);
    }
  }

  private static void writeOfCheckpoint(WorkerEvent event, Wire.Envelope.Builder to) {
    JobId job = event.job();
    if (event instanceof CheckpointWanted wanted) {
      to.setCheckpointWanted(
          Wire.CheckpointWanted.newBuilder()
              .setJob(job.value())
              .setTask(ValueForm.write(wanted.task()))
              .setCompleted(wanted.completed()));
    } else if (event instanceof CheckpointAcknowledged acknowledged) {
      to.setCheckpointAcknowledged(
          Wire.CheckpointAcknowledged.newBuilder()
              .setJob(job.value())
              .setTask(ValueForm.write(acknowledged.task()))
              .setCheckpoint(acknowledged.checkpoint())
              .addAllSegments(ValueForm.write(acknowledged.snapshot().segments()))
              .setNewBytes(acknowledged.snapshot().newBytes())
              .setMetrics(acknowledged.metrics().infos()));
    } else if (event instanceof CheckpointFailed failed) {
      to.setCheckpointFailed(
          Wire.CheckpointFailed.newBuilder()
              .setJob(job.value())
              .setTask(ValueForm.write(failed.task()))
              .setCheckpoint(failed.checkpoint())
              .setReason(failed.reason()));
    }
  }

  static WorkerEvent read(Wire.Envelope wire) {
    return switch (wire.getContentCase()) {
      case SOURCES_SPLIT -> {
        Wire.SourcesSplit split = wire.getSourcesSplit();
        yield new SourcesSplit(
            new JobId(split.getJob()),
            ValueForm.readSplits(split.getSplitsList()),
            new MetricBytes(split.getMetrics()));
      }
      case TASK_FINISHED -> {
        Wire.TaskCommand finished = wire.getTaskFinished();
        yield new TaskFinished(new JobId(finished.getJob()), ValueForm.read(finished.getTask()));
      }
      case TASK_FAILED -> {
        Wire.Failed failed = wire.getTaskFailed();
        yield new TaskFailed(new JobId(failed.getJob()), ValueForm.read(failed.getFailure()));
      }
      case JOB_STOPPED -> {
        Wire.JobStopped stopped = wire.getJobStopped();
        yield new JobStopped(new JobId(stopped.getJob()), new MetricBytes(stopped.getMetrics()));
      }
      case QUIESCENCE_WANTED -> {
        Wire.TaskCommand wanted = wire.getQuiescenceWanted();
        yield new QuiescenceWanted(new JobId(wanted.getJob()), ValueForm.read(wanted.getTask()));
      }
      case QUIET -> {
        Wire.Quiet quiet = wire.getQuiet();
        yield new Quiet(
            new JobId(quiet.getJob()),
            quiet.getRound(),
            quiet.getSent(),
            quiet.getReceived(),
            quiet.getSteps());
      }
      case CLOCK_MOVED ->
          new ClockMoved(new JobId(wire.getClockMoved().getJob()), wire.getClockMoved().getNowMs());
      case CHECKPOINT_RELEASED -> {
        Wire.NumberedCommand released = wire.getCheckpointReleased();
        yield new CheckpointReleased(new JobId(released.getJob()), released.getNumber());
      }
      case WORKER_METRICS -> {
        Wire.WorkerMetrics metrics = wire.getWorkerMetrics();
        yield new Metrics(
            new JobId(metrics.getJob()),
            metrics.getRequest(),
            new MetricBytes(metrics.getMetrics()));
      }
      default -> readOfCheckpoint(wire);
    };
  }

  private static WorkerEvent readOfCheckpoint(Wire.Envelope wire) {
    return switch (wire.getContentCase()) {
      case CHECKPOINT_WANTED -> {
        Wire.CheckpointWanted wanted = wire.getCheckpointWanted();
        yield new CheckpointWanted(
            new JobId(wanted.getJob()), ValueForm.read(wanted.getTask()), wanted.getCompleted());
      }
      case CHECKPOINT_ACKNOWLEDGED -> {
        Wire.CheckpointAcknowledged acknowledged = wire.getCheckpointAcknowledged();
        yield new CheckpointAcknowledged(
            new JobId(acknowledged.getJob()),
            ValueForm.read(acknowledged.getTask()),
            acknowledged.getCheckpoint(),
            new TaskSnapshot(
                ValueForm.readSegments(acknowledged.getSegmentsList()), acknowledged.getNewBytes()),
            new MetricBytes(acknowledged.getMetrics()));
      }
      case CHECKPOINT_FAILED -> {
        Wire.CheckpointFailed failed = wire.getCheckpointFailed();
        yield new CheckpointFailed(
            new JobId(failed.getJob()),
            ValueForm.read(failed.getTask()),
            failed.getCheckpoint(),
            failed.getReason());
      }
      default -> throw MessageForm.unknown("event");
    };
  }
}

package dev.sluice.protocol;

import dev.sluice.protocol.JobUpdate.JobMetricValues;
import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.storage.TaskSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** At least one message of each kind, with something in each of its fields. */
final class Samples {
  static final JobId JOB = new JobId("wordcount-7");
  static final TaskId TASK = new TaskId("s3", 2);
  static final StorageLocation PLACE =
      new StorageLocation(
          "s3://bucket/jobs", Optional.of("http://localhost:9000"), Optional.of(""));
  static final SegmentRef SEGMENT = new SegmentRef("wordcount/g1/a2/s3-2/e5.seg", 99, -7, 0, 255);
  static final MetricBytes METRICS = new MetricBytes(ByteString.copyFromUtf8("metrics"));
  static final TransformNames NAMES = new TransformNames(Map.of("Old", "New/Sum"));
  static final Failure FAILURE =
      new Failure(
          FailureKind.DISK,
          "Parse",
          "wordcount-7/s3/2",
          "java.io.IOException: full",
          "at there",
          ByteString.copyFromUtf8("exception"),
          3);
  static final Program PROGRAM =
      new Program(
          RunnerApi.Pipeline.newBuilder().addRootTransformIds("root").build(),
          true,
          "{\"options\":{}}",
          List.of("sha-1", "sha-2"));

  private Samples() {}

  static List<Content> all() {
    return List.of(
        new WorkerRegistered("worker-1"),
        new Heartbeat("worker-1"),
        new WorkerCommand.SplitSources(JOB, PROGRAM, splits(), 4),
        new WorkerCommand.Deploy(
            JOB, PROGRAM, List.of(TASK), splits(), 4, true, Attempt.withoutStorage()),
        new WorkerCommand.Deploy(JOB, PROGRAM, List.of(), Map.of(), 1, false, attempt()),
        new WorkerCommand.Stop(JOB),
        new WorkerCommand.SetClock(JOB, Long.MIN_VALUE),
        new WorkerCommand.ProbeQuiescence(JOB, 5),
        new WorkerCommand.Quiescent(JOB, TASK),
        new WorkerCommand.TriggerCheckpoint(JOB, 8, Barrier.SAVE_AND_HALT),
        new WorkerCommand.CompleteCheckpoint(JOB, 8),
        new WorkerCommand.AbandonCheckpoint(JOB, 8),
        new WorkerCommand.Drain(JOB),
        new WorkerCommand.ReportMetrics(JOB, 11),
        new WorkerEvent.SourcesSplit(JOB, splits(), METRICS),
        new WorkerEvent.TaskFinished(JOB, TASK),
        new WorkerEvent.TaskFailed(JOB, FAILURE),
        new WorkerEvent.JobStopped(JOB, METRICS),
        new WorkerEvent.QuiescenceWanted(JOB, TASK),
        new WorkerEvent.Quiet(JOB, 5, 100, 99, 12),
        new WorkerEvent.ClockMoved(JOB, -5),
        new WorkerEvent.CheckpointWanted(JOB, TASK, -1),
        new WorkerEvent.CheckpointAcknowledged(
            JOB, TASK, 8, new TaskSnapshot(List.of(SEGMENT), 99), METRICS),
        new WorkerEvent.CheckpointFailed(JOB, TASK, 8, "no space"),
        new WorkerEvent.CheckpointReleased(JOB, 8),
        new WorkerEvent.Metrics(JOB, 11, METRICS),
        new ClientRequest.Submit(submission()),
        new ClientRequest.Cancel(JOB),
        new ClientRequest.Drain(JOB),
        new ClientRequest.Savepoint(
            JOB, new SavepointRequest(4, PLACE, SavepointRequest.Then.STOP)),
        new ClientRequest.QueryMetrics(JOB, 11),
        new JobUpdate.Accepted(JOB, List.of("resumes from checkpoint 7")),
        new JobUpdate.Refused(JOB, FAILURE),
        new JobUpdate.Advanced(JOB, JobPhase.RESTARTING),
        new JobUpdate.Metrics(JOB, 11, new JobMetricValues(METRICS, MetricBytes.NONE)),
        new JobUpdate.SavepointDone(JOB, 4, "s3://bucket/savepoint"),
        new JobUpdate.SavepointFailed(JOB, 4, "there is one already"),
        new JobUpdate.Ended(JOB, JobPhase.FAILED, Optional.of(FAILURE), JobMetricValues.NONE),
        new JobUpdate.Ended(
            JOB, JobPhase.DONE, Optional.empty(), new JobMetricValues(METRICS, METRICS)));
  }

  private static Map<String, List<SourceSplit>> splits() {
    // The bytes of a split are compared by identity, so there are none here; see MessageFormTest.
    return Map.of("read", List.of());
  }

  private static Attempt attempt() {
    return new Attempt(
        2,
        Optional.of(new JobStorage(PLACE, "wordcount", 3, 2)),
        Optional.of(
            new RestorePoint(
                8,
                StorageLocation.of("/var/checkpoints"),
                true,
                List.of(new SavedTask(List.of("Sum", "Sum/More"), 2, 4, List.of(SEGMENT))),
                Long.MIN_VALUE,
                NAMES)),
        true);
  }

  private static Submission submission() {
    return new Submission(
        JOB,
        "wordcount",
        PROGRAM,
        JobSettings.of(4, 10_000),
        "client",
        new WantedOrigin(
            Optional.of(PLACE),
            Optional.of(StorageLocation.of("/savepoint")),
            true,
            true,
            NAMES,
            List.of(
                new TransformSignature(
                    "Sum", "VarInt", "fixed", new TreeMap<>(Map.of("count", "VarLong")), "d1"))));
  }
}

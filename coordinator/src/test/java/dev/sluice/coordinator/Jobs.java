package dev.sluice.coordinator;

import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.MessageForm;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WantedOrigin;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.translation.Stage.Parallelism;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** Jobs for the tests of this package. */
final class Jobs {
  static final JobId ID = new JobId("job-1");
  static final String CLIENT = "client";

  private Jobs() {}

  /** An impulse in one task, followed by a stage of two. */
  static JobSpec bounded() {
    return spec(false, new Node.Impulse("impulse", Map.of()));
  }

  /** A source that has to be split, in two tasks, followed by a stage of two. */
  static JobSpec reading() {
    return spec(true, new Node.Read("read", false, Map.of()));
  }

  /** Like {@link #reading}, with checkpoints that are stored. */
  static JobSpec durable(CheckpointLedger ledger) {
    return durable(ledger, Optional.empty());
  }

  static JobSpec durable(CheckpointLedger ledger, Optional<SavedCheckpoint> from) {
    return durable(new Durability(ledger, from, true));
  }

  static JobSpec durable(Durability durability) {
    JobSpec plain = reading();
    return JobSpec.of(plain.submission(), plain.graph(), Optional.of(durability));
  }

  /** The same job under another id. */
  static JobSpec named(JobId id, JobSpec like) {
    return JobSpec.of(submission(id), like.graph(), like.durability());
  }

  static JobSpec testStream() {
    return spec(true, new Node.TestStream("stream", Map.of()));
  }

  static JobSpec empty() {
    return spec(
        new JobGraph(RunnerApi.Components.getDefaultInstance(), List.of(), List.of(), false));
  }

  private static JobSpec spec(boolean streaming, Node root) {
    Parallelism parallelism = root instanceof Node.Read ? Parallelism.JOB : Parallelism.ONE;
    Node partial = new Node.PartialCombine("gbk", "b", Map.of("out", "c"));
    Node group = new Node.CombinePerKey("gbk", "c", Node.Combining.LIFTED, Map.of("out", "d"));
    Stage first = new Stage("s1", "first", List.of(root, partial), parallelism);
    Stage second =
        new Stage("s2", "second", List.of(new Node.Input("gbk", "c"), group), Parallelism.JOB);
    return spec(
        new JobGraph(
            RunnerApi.Components.newBuilder()
                .putTransforms(root.transformId(), named("First"))
                .putTransforms("gbk", named("Group"))
                .build(),
            List.of(first, second),
            List.of(),
            streaming));
  }

  private static JobSpec spec(JobGraph graph) {
    return JobSpec.of(submission(ID), graph, Optional.empty());
  }

  private static Submission submission(JobId id) {
    Program program = new Program(RunnerApi.Pipeline.getDefaultInstance(), false, "{}", List.of());
    return new Submission(
        id, "job", program, JobSettings.of(2, 10_000), CLIENT, WantedOrigin.none());
  }

  /** A coordinator of the tests' cluster, at this address. */
  static Leadership leadership(String address) {
    return new Leadership("test", 1, address);
  }

  /** What somebody says, as it arrives. */
  static Envelope said(String from, int attempt, Content content) {
    Envelope sent = new Envelope("test", 1, attempt, from, content);
    return (Envelope) MessageForm.read(MessageForm.write(sent));
  }

  private static RunnerApi.PTransform named(String name) {
    return RunnerApi.PTransform.newBuilder().setUniqueName(name).build();
  }

  static TaskId task(String stage, int index) {
    return new TaskId(stage, index);
  }

  static Failure failure(String message) {
    return failure(FailureKind.USER_CODE, "Parse", message);
  }

  static Failure failure(FailureKind kind, String transform, String message) {
    return new Failure(kind, transform, "job-1/s2/0", message, "", ByteString.EMPTY, 0);
  }

  /** A report of a job's first attempt. */
  static JobEvent.Reported reported(String worker, WorkerEvent event) {
    return reported(worker, 1, event);
  }

  /** What the actions are, for a person to read. */
  static String names(List<JobAction> actions) {
    return actions.stream().map(Jobs::name).toList().toString();
  }

  private static String name(JobAction action) {
    if (action instanceof JobAction.Tell tell) {
      return tell.command().getClass().getSimpleName();
    }
    if (action instanceof JobAction.Schedule schedule) {
      return "Schedule " + schedule.event().getClass().getSimpleName();
    }
    return action.getClass().getSimpleName();
  }

  static JobEvent.Reported reported(String worker, int attempt, WorkerEvent event) {
    return new JobEvent.Reported(worker, attempt, event);
  }
}

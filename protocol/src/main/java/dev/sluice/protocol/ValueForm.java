package dev.sluice.protocol;

import dev.sluice.protocol.wire.Wire;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.SegmentRef;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** The binary form of what messages are made of. Pure functions. */
final class ValueForm {
  private ValueForm() {}

  static Wire.JobCommand job(JobId job) {
    return Wire.JobCommand.newBuilder().setJob(job.value()).build();
  }

  static Wire.NumberedCommand numbered(JobId job, long number) {
    return Wire.NumberedCommand.newBuilder().setJob(job.value()).setNumber(number).build();
  }

  static Wire.TaskCommand task(JobId job, TaskId task) {
    return Wire.TaskCommand.newBuilder().setJob(job.value()).setTask(write(task)).build();
  }

  static Wire.Failed failed(JobId job, Failure failure) {
    return Wire.Failed.newBuilder().setJob(job.value()).setFailure(write(failure)).build();
  }

  static Wire.TaskId write(TaskId task) {
    return Wire.TaskId.newBuilder().setStage(task.stageId()).setIndex(task.index()).build();
  }

  static TaskId read(Wire.TaskId wire) {
    return new TaskId(wire.getStage(), wire.getIndex());
  }

  static Wire.Program write(Program program) {
    return Wire.Program.newBuilder()
        .setPipeline(program.pipeline().toByteString())
        .setStreaming(program.streaming())
        .setOptionsJson(program.optionsJson())
        .addAllCode(program.code())
        .build();
  }

  static Program read(Wire.Program wire) throws InvalidProtocolBufferException {
    return new Program(
        RunnerApi.Pipeline.parseFrom(wire.getPipeline()),
        wire.getStreaming(),
        wire.getOptionsJson(),
        wire.getCodeList());
  }

  static List<Wire.SourceSplits> write(Map<String, List<SourceSplit>> splits) {
    return splits.entrySet().stream()
        .map(
            entry -> {
              Wire.SourceSplits.Builder wire =
                  Wire.SourceSplits.newBuilder().setTransform(entry.getKey());
              for (SourceSplit split : entry.getValue()) {
                wire.addSplits(
                    Wire.SourceSplit.newBuilder()
                        .setNumber(split.number())
                        .setCount(split.count())
                        .setSource(ByteString.copyFrom(split.source())));
              }
              return wire.build();
            })
        .toList();
  }

  static Map<String, List<SourceSplit>> readSplits(List<Wire.SourceSplits> wire) {
    Map<String, List<SourceSplit>> splits = new LinkedHashMap<>();
    for (Wire.SourceSplits source : wire) {
      splits.put(
          source.getTransform(),
          source.getSplitsList().stream()
              .map(
                  split ->
                      new SourceSplit(
                          split.getNumber(), split.getCount(), split.getSource().toByteArray()))
              .toList());
    }
    return splits;
  }

  static Wire.Attempt write(Attempt attempt) {
    Wire.Attempt.Builder wire =
        Wire.Attempt.newBuilder().setNumber(attempt.number()).setDraining(attempt.draining());
    attempt
        .storage()
        .ifPresent(
            storage ->
                wire.setStorage(
                    Wire.JobStorage.newBuilder()
                        .setLocation(write(storage.location()))
                        .setJob(storage.job())
                        .setGeneration(storage.generation())
                        .setAttempt(storage.attempt())));
    attempt.restore().ifPresent(point -> wire.setRestore(write(point)));
    return wire.build();
  }

  static Attempt read(Wire.Attempt wire) {
    return new Attempt(
        wire.getNumber(),
        wire.hasStorage()
            ? Optional.of(
                new JobStorage(
                    read(wire.getStorage().getLocation()),
                    wire.getStorage().getJob(),
                    wire.getStorage().getGeneration(),
                    wire.getStorage().getAttempt()))
            : Optional.empty(),
        wire.hasRestore() ? Optional.of(read(wire.getRestore())) : Optional.empty(),
        wire.getDraining());
  }

  private static Wire.RestorePoint write(RestorePoint point) {
    Wire.RestorePoint.Builder wire =
        Wire.RestorePoint.newBuilder()
            .setCheckpoint(point.checkpoint())
            .setLocation(write(point.location()))
            .setOwn(point.own())
            .setJobClockMs(point.jobClockMs())
            .putAllNames(point.names().newByOld());
    for (SavedTask task : point.tasks()) {
      wire.addTasks(
          Wire.SavedTask.newBuilder()
              .addAllTransforms(task.transforms())
              .setIndex(task.index())
              .setTasks(task.tasks())
              .addAllSegments(write(task.segments())));
    }
    return wire.build();
  }

  private static RestorePoint read(Wire.RestorePoint wire) {
    return new RestorePoint(
        wire.getCheckpoint(),
        read(wire.getLocation()),
        wire.getOwn(),
        wire.getTasksList().stream()
            .map(
                task ->
                    new SavedTask(
                        task.getTransformsList(),
                        task.getIndex(),
                        task.getTasks(),
                        readSegments(task.getSegmentsList())))
            .toList(),
        wire.getJobClockMs(),
        new TransformNames(wire.getNamesMap()));
  }

  static Wire.StorageLocation write(StorageLocation location) {
    Wire.StorageLocation.Builder wire = Wire.StorageLocation.newBuilder().setUrl(location.url());
    location.s3Endpoint().ifPresent(wire::setS3Endpoint);
    location.s3Region().ifPresent(wire::setS3Region);
    return wire.build();
  }

  static StorageLocation read(Wire.StorageLocation wire) {
    return new StorageLocation(
        wire.getUrl(),
        wire.hasS3Endpoint() ? Optional.of(wire.getS3Endpoint()) : Optional.empty(),
        wire.hasS3Region() ? Optional.of(wire.getS3Region()) : Optional.empty());
  }

  static List<Wire.Segment> write(List<SegmentRef> segments) {
    return segments.stream()
        .map(
            segment ->
                Wire.Segment.newBuilder()
                    .setFile(segment.file())
                    .setBytes(segment.bytes())
                    .setCrc(segment.crc())
                    .setFirstGroup(segment.firstGroup())
                    .setLastGroup(segment.lastGroup())
                    .build())
        .toList();
  }

  static List<SegmentRef> readSegments(List<Wire.Segment> wire) {
    return wire.stream()
        .map(
            segment ->
                new SegmentRef(
                    segment.getFile(),
                    segment.getBytes(),
                    segment.getCrc(),
                    segment.getFirstGroup(),
                    segment.getLastGroup()))
        .toList();
  }

  static Wire.Failure write(Failure failure) {
    return Wire.Failure.newBuilder()
        .setKind(failure.kind().name())
        .setTransform(failure.transform())
        .setWhere(failure.where())
        .setMessage(failure.message())
        .setStackTrace(failure.stackTrace())
        .setException(failure.exception())
        .setLive(failure.live())
        .build();
  }

  static Failure read(Wire.Failure wire) {
    FailureKind kind =
        Arrays.stream(FailureKind.values())
            .filter(known -> known.name().equals(wire.getKind()))
            .findFirst()
            .orElse(FailureKind.ENGINE_BUG);
    return new Failure(
        kind,
        wire.getTransform(),
        wire.getWhere(),
        wire.getMessage(),
        wire.getStackTrace(),
        wire.getException(),
        wire.getLive());
  }
}

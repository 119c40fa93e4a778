package dev.sluice.runner.architecture.broken.coordinator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.CoderTranslation;
import org.apache.beam.sdk.util.construction.PCollectionViewTranslation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/** Makes objects of whatever somebody has sent, and starts processes. */
final class Opener {
  private Opener() {}

  static List<Object> everyObject(byte[] sent, RunnerApi.FunctionSpec function) throws IOException {
    RehydratedComponents components =
        RehydratedComponents.forComponents(RunnerApi.Components.getDefaultInstance());
    return Arrays.asList(
        new ObjectInputStream(new ByteArrayInputStream(sent)),
        SerializableUtils.deserializeFromByteArray(sent, "what was sent"),
        CoderTranslation.fromProto(
            RunnerApi.Coder.getDefaultInstance(),
            components,
            CoderTranslation.TranslationContext.DEFAULT),
        WindowingStrategyTranslation.windowFnFromProto(function),
        ReadTranslation.boundedSourceFromProto(RunnerApi.ReadPayload.getDefaultInstance()),
        ParDoTranslation.getDoFn(RunnerApi.ParDoPayload.getDefaultInstance()),
        PCollectionViewTranslation.viewFnFromProto(function));
  }

  static List<Process> everyProcess(String command) throws IOException {
    return List.of(new ProcessBuilder(command).start(), Runtime.getRuntime().exec(command));
  }
}

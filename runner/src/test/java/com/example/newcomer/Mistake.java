package com.example.newcomer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * A mistake that somebody makes for the first time, and what the message must say to be of help.
 * Immutable.
 *
 * @param name what is done wrong
 * @param transforms what the program adds to its pipeline
 * @param before what happens in a folder of its own before the program runs
 * @param options the pipeline's options; {@code FOLDER} stands for that folder
 * @param says pieces of the message: what happened, where, and what to do
 */
public record Mistake(
    String name,
    Consumer<Pipeline> transforms,
    Consumer<Path> before,
    List<String> options,
    List<String> says) {

  /** A mistake in the code of a pipeline. */
  static Mistake in(String name, Consumer<Pipeline> transforms) {
    return new Mistake(name, transforms, folder -> {}, List.of(), List.of());
  }

  /** The same after something else has happened. */
  Mistake after(Consumer<Path> first) {
    return new Mistake(name, transforms, first, options, says);
  }

  /** The same with options. */
  Mistake with(String... more) {
    return new Mistake(name, transforms, before, List.of(more), says);
  }

  /** The same with what the message must say. */
  Mistake says(String... pieces) {
    return new Mistake(name, transforms, before, options, List.of(pieces));
  }

  /** The arguments of the program in {@code folder}. */
  public List<String> arguments(Path folder) {
    return options.stream().map(option -> option.replace("FOLDER", folder.toString())).toList();
  }

  /** What the program does. */
  public void run(List<String> arguments) {
    String[] array = arguments.toArray(String[]::new);
    if (Arrays.stream(array).noneMatch(argument -> argument.startsWith("--runner="))) {
      array = Arrays.copyOf(array, array.length + 1);
      array[array.length - 1] = "--runner=SluiceRunner";
    }
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(array).create());
    transforms.accept(pipeline);
    pipeline.run().waitUntilFinish();
  }

  @Override
  public String toString() {
    return name;
  }
}

package dev.sluice.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the elements of one PCollection are: the stages that make it, and the stages that were
 * given a copy.
 *
 * <p>Owned by one {@link Fusion}. The elements of all {@link #parts} together are the PCollection,
 * each element once; there is more than one part only behind a Flatten that was unzipped. Each of
 * the {@link #replicas} has all elements.
 */
final class Residence {

  /**
   * The share of a PCollection that one stage has.
   *
   * @param stage where the elements are
   * @param collections PCollections of the stage that together are this share; one that is named
   *     twice counts twice
   */
  record Part(StageDraft stage, List<String> collections) {
    Part {
      collections = List.copyOf(collections);
    }
  }

  private final List<Part> parts;
  private final List<StageDraft> replicas = new ArrayList<>();

  Residence(List<Part> parts) {
    this.parts = new ArrayList<>(parts);
  }

  List<Part> parts() {
    return parts;
  }

  void replace(int index, Part part) {
    parts.set(index, part);
  }

  List<StageDraft> replicas() {
    return replicas;
  }

  /** The stages in which all elements are. */
  List<StageDraft> wholes() {
    Stream<StageDraft> only = parts.size() == 1 ? Stream.of(parts.get(0).stage()) : Stream.empty();
    return Stream.concat(only, replicas.stream()).toList();
  }
}

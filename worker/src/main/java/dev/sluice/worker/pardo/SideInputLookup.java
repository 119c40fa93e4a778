package dev.sluice.worker.pardo;

import dev.sluice.state.entry.StateEntry;
import dev.sluice.translation.EarlyFirings;
import dev.sluice.worker.pardo.ParDoSpec.SideInputSpec;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.TransformException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.util.construction.PCollectionViewTranslation;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * The side inputs of one ParDo as its main input sees them.
 *
 * <p>Owned by one operator. The answer for the last main window is remembered until a side input
 * changes, so elements in the same window cost two comparisons each.
 */
final class SideInputLookup {
  /** One declared side input and what was last read of it. */
  private static final class Slot {
    final String transformName;
    final String collection;
    final String windowFn;
    final String tagId;
    final SideInputPanes panes;
    final int kind;
    final int consumer;
    final WindowMappingFn<?> mapping;
    PCollectionView<?> lastAsked;
    BoundedWindow lastWindow;
    long lastVersion = -1;
    Object lastView;

    Slot(
        String transformName,
        SideInputSpec spec,
        PipelineComponents components,
        SideInputs sideInputs) {
      this.transformName = transformName;
      WindowingStrategy<?, ?> windowing = components.windowing(spec.wiring().collection());
      tagId = spec.wiring().localName();
      String collectionId = spec.wiring().collection();
      collection = components.proto().getPcollectionsOrThrow(collectionId).getUniqueName();
      windowFn = windowing.getWindowFn().getClass().getSimpleName();
      Coder<Object> elementCoder = components.elementCoder(collectionId);
      panes =
          sideInputs.panes(
              spec.wiring().exchangeId(),
              new StateEntry.Column(transformName, "~side input " + collection),
              windowing,
              elementCoder);
      boolean early = EarlyFirings.possible(TriggerTranslation.toProto(windowing.getTrigger()));
      kind = panes.enrol(new SideInputView(spec.view(), elementCoder, early));
      consumer = panes.enrolConsumer();
      mapping = mapping(spec.view());
    }

    BoundedWindow windowFor(BoundedWindow mainWindow) {
      try {
        return mapping.getSideInputWindow(mainWindow);
      } catch (RuntimeException e) {
        throw new TransformException(transformName, unmapped(mainWindow, e));
      }
    }

    private IllegalArgumentException unmapped(BoundedWindow mainWindow, RuntimeException cause) {
      return new IllegalArgumentException(
          "the side input from %s, windowed by %s, has no window for elements in %s (%s). Window the main input like the side input, or put the side input into GlobalWindows before its View"
              .formatted(
                  collection, windowFn, mainWindow.getClass().getSimpleName(), cause.getMessage()),
          cause);
    }

    private static WindowMappingFn<?> mapping(RunnerApi.SideInput proto) {
      try {
        return PCollectionViewTranslation.windowMappingFnFromProto(proto.getWindowMappingFn());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalArgumentException(
            "the window mapping function of a side input cannot be read", e);
      }
    }
  }

  private final Slot[] slots;
  private final long allowedLatenessMs;

  SideInputLookup(ParDoSpec spec, PipelineComponents components, SideInputs sideInputs) {
    slots =
        spec.sideInputs().stream()
            .map(sideInput -> new Slot(spec.transformName(), sideInput, components, sideInputs))
            .toArray(Slot[]::new);
    allowedLatenessMs = spec.windowing().getAllowedLateness().getMillis();
  }

  /** What was saved has been restored. */
  void open() {
    for (Slot slot : slots) {
      slot.panes.open();
    }
  }

  /** A barrier: how far the side inputs have come is kept. */
  void barrier() {
    for (Slot slot : slots) {
      slot.panes.saveWatermark();
    }
  }

  /** Counts all changes of all side inputs. */
  long version() {
    long sum = 0;
    for (Slot slot : slots) {
      sum += slot.panes.version();
    }
    return sum;
  }

  /** Whether every side input is ready for elements in {@code mainWindow}. */
  boolean isReady(BoundedWindow mainWindow) {
    for (Slot slot : slots) {
      if (!slot.panes.isReady(slot.windowFor(mainWindow))) {
        return false;
      }
    }
    return true;
  }

  /** Whether every side input holds a pane for elements in {@code mainWindow}. */
  boolean hasPanes(BoundedWindow mainWindow) {
    for (Slot slot : slots) {
      if (!slot.panes.hasPane(slot.windowFor(mainWindow))) {
        return false;
      }
    }
    return true;
  }

  /** What the user reads of {@code view} from an element in {@code mainWindow}. */
  @SuppressWarnings("unchecked")
  <T> T get(PCollectionView<T> view, BoundedWindow mainWindow) {
    Slot slot = slot(view);
    if (slot.lastVersion != slot.panes.version() || !mainWindow.equals(slot.lastWindow)) {
      slot.lastView = slot.panes.view(slot.kind, slot.windowFor(mainWindow));
      slot.lastVersion = slot.panes.version();
      slot.lastWindow = mainWindow;
    }
    return (T) slot.lastView;
  }

  /** Lets go of what elements at or after {@code watermarkMs} cannot map to. */
  void release(long watermarkMs) {
    for (Slot slot : slots) {
      long lookBackMs = slot.mapping.maximumLookback().getMillis();
      slot.panes.releaseBefore(
          slot.consumer,
          saturatedMinus(saturatedMinus(watermarkMs, allowedLatenessMs), lookBackMs));
      if (slot.lastVersion != slot.panes.version()) {
        slot.lastWindow = null;
        slot.lastView = null;
      }
    }
  }

  @SuppressWarnings("deprecation") // the tag is what a view is known by in the payload
  private Slot slot(PCollectionView<?> view) {
    for (Slot slot : slots) {
      if (slot.lastAsked == view) {
        return slot;
      }
    }
    for (Slot slot : slots) {
      if (slot.tagId.equals(view.getTagInternal().getId())) {
        slot.lastAsked = view;
        return slot;
      }
    }
    throw unknown();
  }

  /** A view may have no name and refuse to print itself: the line of the call tells which it is. */
  static IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "calling sideInput() with unknown view: declare it by ParDo.of(fn).withSideInputs(view)");
  }

  private static long saturatedMinus(long a, long b) {
    long difference = a - b;
    return ((a ^ b) & (a ^ difference)) < 0 ? Long.MIN_VALUE : difference;
  }
}

package dev.sluice.worker.pardo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionViews;

/**
 * Which elements of a side input's pane a view is made of.
 *
 * <p>Immutable. It matters where the trigger may fire before the end of the window. Then several
 * values come in one pane only because they arrived together, as they do after a downtime, and each
 * would have replaced the one before had it come in a pane of its own. A view that has room for one
 * value, or for one of each key, is made of the newest, which is the last in the pane.
 *
 * @param selection what is taken
 * @param keyCoder of the keys, where it is one of each
 */
record PaneContent(Selection selection, Coder<?> keyCoder) {
  static final PaneContent ALL = new PaneContent(Selection.ALL, null);

  /** Which elements are taken of all that are in the pane. */
  enum Selection {
    ALL,
    NEWEST,
    NEWEST_OF_KEY,
    /** The same where the SDK has put each element under a key that says nothing. */
    NEWEST_OF_INNER_KEY
  }

  /** What a view function of Beam's has room for; everything, for any other function. */
  @SuppressWarnings("deprecation") // views of old make their maps by them
  static PaneContent of(ViewFn<?, ?> viewFn, Coder<?> elementCoder) {
    if (viewFn instanceof PCollectionViews.IsSingletonView) {
      return new PaneContent(Selection.NEWEST, null);
    }
    if (viewFn instanceof PCollectionViews.MapViewFn2
        || viewFn instanceof PCollectionViews.InMemoryMapViewFn) {
      return new PaneContent(Selection.NEWEST_OF_KEY, keyCoder(elementCoder));
    }
    if (viewFn instanceof PCollectionViews.MapViewFn
        || viewFn instanceof PCollectionViews.InMemoryMapFromVoidKeyViewFn) {
      Coder<?> inner = ((KvCoder<?, ?>) elementCoder).getValueCoder();
      return new PaneContent(Selection.NEWEST_OF_INNER_KEY, keyCoder(inner));
    }
    return ALL;
  }

  private static Coder<?> keyCoder(Coder<?> coder) {
    return ((KvCoder<?, ?>) coder).getKeyCoder();
  }

  /** The elements of {@code pane} that the view is made of. */
  Iterable<?> of(Iterable<?> pane) {
    return switch (selection) {
      case ALL -> pane;
      case NEWEST -> newest(pane);
      case NEWEST_OF_KEY, NEWEST_OF_INNER_KEY -> newestOfEach(pane);
    };
  }

  private static Iterable<?> newest(Iterable<?> pane) {
    boolean empty = true;
    Object newest = null;
    for (Object element : pane) {
      newest = element;
      empty = false;
    }
    return empty ? Collections.emptyList() : Collections.singletonList(newest);
  }

  @SuppressWarnings("unchecked")
  private Iterable<?> newestOfEach(Iterable<?> pane) {
    Map<Object, Object> byKey = new LinkedHashMap<>();
    for (Object element : pane) {
      KV<?, ?> kv = (KV<?, ?>) element;
      KV<?, ?> inner = selection == Selection.NEWEST_OF_INNER_KEY ? (KV<?, ?>) kv.getValue() : kv;
      byKey.put(((Coder<Object>) keyCoder).structuralValue(inner.getKey()), element);
    }
    return byKey.values();
  }
}

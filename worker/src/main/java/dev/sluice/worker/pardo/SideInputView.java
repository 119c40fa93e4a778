package dev.sluice.worker.pardo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.util.construction.PCollectionViewTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * One way of looking at the elements of a side input: as the list, map or value that the user asked
 * for.
 *
 * <p>Immutable. Two are equal if their access pattern, their serialised view function and what they
 * take from a pane are.
 */
final class SideInputView {
  private final String accessPattern;
  private final ByteString serializedViewFn;
  private final PaneContent content;
  private final ViewFn<Object, Object> viewFn;
  private final Coder<?> elementCoder;

  /**
   * @param proto the view as the pipeline declares it
   * @param elementCoder of the elements that come in a pane
   * @param early whether the side input's trigger may fire before the end of a window
   */
  SideInputView(RunnerApi.SideInput proto, Coder<?> elementCoder, boolean early) {
    this.accessPattern = proto.getAccessPattern().getUrn();
    this.serializedViewFn = proto.getViewFn().getPayload();
    this.viewFn = viewFn(proto);
    this.elementCoder = elementCoder;
    this.content = early ? PaneContent.of(viewFn, elementCoder) : PaneContent.ALL;
  }

  /** Whether a pane without elements changes nothing: the newest value is still the one before. */
  boolean isOfNewest() {
    return content.selection() != PaneContent.Selection.ALL;
  }

  /** Makes the view of one pane. */
  Object of(Iterable<?> pane) {
    Iterable<?> elements = content.of(pane);
    return switch (accessPattern) {
      case Materializations.ITERABLE_MATERIALIZATION_URN -> {
        IterableView<Object> iterable = () -> Iterables.readOnly(elements);
        yield viewFn.apply(iterable);
      }
      case Materializations.MULTIMAP_MATERIALIZATION_URN ->
          viewFn.apply(
              new ByKey(
                  ((KvCoder<?, ?>) elementCoder).getKeyCoder(), Iterables.readOnly(elements)));
      default ->
          throw new IllegalStateException(
              "side inputs are read as iterables or multimaps, not as " + accessPattern);
    };
  }

  @SuppressWarnings("unchecked")
  private static ViewFn<Object, Object> viewFn(RunnerApi.SideInput proto) {
    try {
      return (ViewFn<Object, Object>)
          (ViewFn<?, ?>) PCollectionViewTranslation.viewFnFromProto(proto.getViewFn());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the view function of a side input cannot be read", e);
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SideInputView other
        && other.accessPattern.equals(accessPattern)
        && other.serializedViewFn.equals(serializedViewFn)
        && other.content.equals(content)
        && other.elementCoder.equals(elementCoder);
  }

  @Override
  public int hashCode() {
    return serializedViewFn.hashCode();
  }

  /** Views must not be changed by those who share them. */
  private static final class Iterables {
    private Iterables() {}

    @SuppressWarnings("unchecked")
    static Iterable<Object> readOnly(Iterable<?> elements) {
      return elements instanceof List<?> list
          ? Collections.unmodifiableList((List<Object>) list)
          : (Iterable<Object>) elements;
    }
  }

  /** KVs by the structural value of their key: equal as Beam means it, not as Java does. */
  private static final class ByKey implements MultimapView<Object, Object> {
    private final Coder<Object> keyCoder;
    private final List<Object> keys = new ArrayList<>();
    private final Map<Object, List<Object>> values = new LinkedHashMap<>();

    @SuppressWarnings("unchecked")
    ByKey(Coder<?> keyCoder, Iterable<Object> elements) {
      this.keyCoder = (Coder<Object>) keyCoder;
      for (Object element : elements) {
        KV<Object, Object> kv = (KV<Object, Object>) element;
        values
            .computeIfAbsent(
                this.keyCoder.structuralValue(kv.getKey()),
                structural -> {
                  keys.add(kv.getKey());
                  return new ArrayList<>();
                })
            .add(kv.getValue());
      }
    }

    @Override
    public Iterable<Object> get() {
      return Collections.unmodifiableList(keys);
    }

    @Override
    public Iterable<Object> get(Object key) {
      List<Object> found = values.get(keyCoder.structuralValue(key));
      return found == null ? Collections.emptyList() : Collections.unmodifiableList(found);
    }
  }
}

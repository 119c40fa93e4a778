package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.PipelineComponents;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;

/**
 * The receivers that user code asks for as parameters, each made once.
 *
 * <p>Owned by one operator. Coders of outputs are read only when rows are asked for.
 */
final class OutputReceivers implements MultiOutputReceiver {
  private final Call call;
  private final ParDoSpec spec;
  private final PipelineComponents components;
  private final ElementReceiver main;
  private final Map<String, ElementReceiver> tagged = new HashMap<>();
  private final Map<String, RowReceiver> rows = new HashMap<>();
  private TupleTag<?> lastTag;
  private ElementReceiver lastTagged;

  OutputReceivers(Call call, ParDoSpec spec, PipelineComponents components) {
    this.call = call;
    this.spec = spec;
    this.components = components;
    this.main = new ElementReceiver(call, call.outputs.main());
  }

  /** The receiver of the main output. */
  OutputReceiver<Object> main() {
    return main;
  }

  /** The receiver of rows for the main output. */
  OutputReceiver<Row> mainRows() {
    return rows(spec.mainTag(), main);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> OutputReceiver<T> get(TupleTag<T> tag) {
    return (OutputReceiver<T>) of(tag);
  }

  @Override
  public <T> OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
    return rows(tag.getId(), of(tag));
  }

  @SuppressWarnings("ReferenceEquality") // another instance is looked up by its id
  private ElementReceiver of(TupleTag<?> tag) {
    if (tag != lastTag) {
      lastTagged =
          tagged.computeIfAbsent(
              tag.getId(), id -> new ElementReceiver(call, call.outputs.of(tag)));
      lastTag = tag;
    }
    return lastTagged;
  }

  private RowReceiver rows(String tagId, ElementReceiver elements) {
    return rows.computeIfAbsent(tagId, id -> new RowReceiver(call, elements, schemaCoder(id)));
  }

  private SchemaCoder<Object> schemaCoder(String tagId) {
    Coder<Object> coder = components.elementCoder(spec.outputs().get(tagId));
    if (coder instanceof SchemaCoder) {
      return (SchemaCoder<Object>) coder;
    }
    throw new IllegalStateException(
        "Output with tag "
            + tagId
            + " must have a schema in order to output rows, but has coder "
            + coder);
  }
}

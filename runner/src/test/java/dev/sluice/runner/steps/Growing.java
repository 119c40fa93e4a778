package dev.sluice.runner.steps;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;

/** Pipelines of any size in one shape. */
enum Growing {
  /** One map behind the other. */
  CHAIN {
    @Override
    PCollection<Long> grow(PCollection<Long> in, int maps) {
      PCollection<Long> end = in;
      for (int i = 0; i < maps; i++) {
        end = map(end, "Map" + i);
      }
      return end;
    }
  },
  /** All maps side by side. */
  FAN {
    @Override
    PCollection<Long> grow(PCollection<Long> in, int maps) {
      List<PCollection<Long>> all = new ArrayList<>();
      for (int i = 0; i < maps; i++) {
        all.add(map(in, "Map" + i));
      }
      return PCollectionList.of(all).apply("Together", Flatten.pCollections());
    }
  },
  /** A Flatten behind each map, of all that was before. */
  FLATTENS {
    @Override
    PCollection<Long> grow(PCollection<Long> in, int maps) {
      PCollection<Long> end = in;
      for (int i = 0; i < maps; i++) {
        PCollectionList<Long> both = PCollectionList.of(end).and(map(in, "Map" + i));
        end = both.apply("And" + i, Flatten.pCollections());
      }
      return end;
    }
  },
  /** Many groupings, whose names Beam has numbered. */
  GROUPINGS {
    @Override
    PCollection<Long> grow(PCollection<Long> in, int maps) {
      List<PCollection<Long>> all = new ArrayList<>();
      for (int i = 0; i < maps / 6; i++) {
        all.add(
            in.apply(ParDo.of(new Keyed()))
                .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
                .apply(GroupByKey.create())
                .apply(Values.create())
                .apply(Flatten.iterables()));
      }
      return PCollectionList.of(all).apply("Together", Flatten.pCollections());
    }
  },
  /** Composites in composites, in which the maps are. */
  NESTED {
    @Override
    PCollection<Long> grow(PCollection<Long> in, int maps) {
      PCollection<Long> end = in;
      for (int i = 0; i < maps / 20; i++) {
        end = end.apply("Nest" + i, new Nest(10));
      }
      return end;
    }
  },
  /**
   * Maps that each look at a side input of their own. They are in one stage, whose gate looks at
   * all of its side inputs when something comes, so there are few of them.
   */
  SIDE_INPUTS {
    @Override
    PCollection<Long> grow(PCollection<Long> in, int maps) {
      PCollection<Long> end = in;
      for (int i = 0; i < maps / 20; i++) {
        PCollectionView<Iterable<Long>> view =
            map(in, "Side" + i).apply("View" + i, View.asIterable());
        end = end.apply("Look" + i, ParDo.of(new Map()).withSideInputs(view));
      }
      return end;
    }
  };

  /** About this many transforms on {@code in}. */
  abstract PCollection<Long> grow(PCollection<Long> in, int maps);

  /** Puts a pipeline of about this many transforms together. */
  void build(Pipeline pipeline, int maps) {
    grow(pipeline.apply("Numbers", Create.of(1L)), maps);
  }

  private static PCollection<Long> map(PCollection<Long> in, String name) {
    return in.apply(name, ParDo.of(new Map()));
  }

  private static final class Map extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> out) {
      out.output(number + 1);
    }
  }

  private static final class Keyed extends DoFn<Long, KV<Long, Long>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(number % 3, number));
    }
  }

  private static final class Nest extends PTransform<PCollection<Long>, PCollection<Long>> {
    private final int depth;

    Nest(int depth) {
      this.depth = depth;
    }

    @Override
    public PCollection<Long> expand(PCollection<Long> in) {
      PCollection<Long> mapped = map(in, "Map");
      return depth == 1 ? mapped : mapped.apply("Inner", new Nest(depth - 1));
    }
  }
}

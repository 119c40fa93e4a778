package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class TranslationFailureTest {

  @Test
  void aFieldThatIsNotSerializableIsNamedWithItsPath() {
    assertThat(messageFor(ParDo.of(new StubbornFn(new Config(List.of(new Client()))))))
        .startsWith(
            "transform 'Stubborn/ParMultiDo(Stubborn)' cannot be serialized: its field"
                + " fn.config.clients[0] is")
        .contains(Client.class.getName() + ", which is not Serializable")
        .contains("transient");
  }

  @Test
  void theOuterObjectOfAnAnonymousClassIsNamed() {
    assertThat(
            messageFor(
                ParDo.of(
                    new DoFn<Integer, Integer>() {
                      @ProcessElement
                      public void process() {
                        outer();
                      }
                    })))
        .contains("its field fn.this$0 is a " + TranslationFailureTest.class.getName())
        .contains("a static nested one does not");
  }

  private void outer() {}

  @Test
  void whatDisplayDataThrowsIsNotCalledSerialization() {
    assertThat(messageFor(ParDo.of(new BoastfulFn())))
        .startsWith("transform 'Stubborn")
        .contains("failed in populateDisplayData: java.lang.IllegalStateException: not connected")
        .contains("thrown at " + BoastfulFn.class.getName() + ".populateDisplayData(")
        .doesNotContain("serializ");
  }

  @Test
  void whatSerializationThrowsIsNamedWithItsPlace() {
    assertThat(messageFor(ParDo.of(new StubbornFn(new Refusing()))))
        .startsWith("transform 'Stubborn/ParMultiDo(Stubborn)' could not be made portable: ")
        .contains("IllegalStateException: the connection is open, thrown at ")
        .contains(".writeObject(");
  }

  @Test
  void aCoderThatIsNotSerializableIsNamedAsTheCoder() {
    assertThat(messageFor(new WithCoder()))
        .startsWith("transform 'Stubborn")
        .contains("in the coder of its output 'output', client is a " + Client.class.getName());
  }

  @Test
  void aWindowFnThatIsNotSerializableIsNamed() {
    assertThat(messageFor(Window.into(new StubbornWindows())))
        .startsWith("transform 'Stubborn")
        .contains("client is a " + Client.class.getName());
  }

  @Test
  void anOutputWithoutACoderIsCalledThat() {
    assertThat(messageFor(ParDo.of(new CoderlessFn())))
        .contains("Stubborn")
        .contains("setCoder")
        .doesNotContain("serialized");
  }

  private static <OutputT> String messageFor(
      PTransform<? super PCollection<Integer>, PCollection<OutputT>> bad) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1)).apply("Stubborn", bad);
    Throwable failure = catchThrowable(pipeline::run);
    assertThat(failure)
        .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class);
    assertThat(failure.getMessage()).as("on one screen").hasSizeLessThan(1500);
    return failure.getMessage();
  }

  private static final class Client {}

  private record Config(List<Object> clients) implements Serializable {}

  private static final class Refusing implements Serializable {
    private void writeObject(ObjectOutputStream out) {
      throw new IllegalStateException("the connection is open");
    }
  }

  private static final class StubbornFn extends DoFn<Integer, Integer> {
    private final Serializable config;

    private StubbornFn(Serializable config) {
      this.config = config;
    }

    @ProcessElement
    public void process(OutputReceiver<Integer> out) {
      out.output(config.hashCode());
    }
  }

  private static final class BoastfulFn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(OutputReceiver<Integer> out) {
      out.output(1);
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      throw new IllegalStateException("not connected");
    }
  }

  private static final class CoderlessFn extends DoFn<Integer, Client> {
    @ProcessElement
    public void process(OutputReceiver<Client> out) {
      out.output(new Client());
    }
  }

  private static final class WithCoder
      extends PTransform<PCollection<Integer>, PCollection<Client>> {
    @Override
    public PCollection<Client> expand(PCollection<Integer> input) {
      return input.apply(ParDo.of(new CoderlessFn())).setCoder(new StubbornCoder());
    }
  }

  private static final class StubbornCoder extends CustomCoder<Client> {
    private final Object client = new Client();

    @Override
    public void encode(Client value, OutputStream out) {
      throw new AssertionError(client);
    }

    @Override
    public Client decode(InputStream in) {
      return new Client();
    }
  }

  private static final class StubbornWindows extends NonMergingWindowFn<Integer, GlobalWindow> {
    private final Object client = new Client();

    @Override
    public Collection<GlobalWindow> assignWindows(AssignContext c) {
      throw new AssertionError(client);
    }

    @SuppressWarnings("deprecation")
    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return false;
    }

    @Override
    public Coder<GlobalWindow> windowCoder() {
      return GlobalWindow.Coder.INSTANCE;
    }

    @Override
    public WindowMappingFn<GlobalWindow> getDefaultWindowMappingFn() {
      return new WindowMappingFn<>() {
        @Override
        public GlobalWindow getSideInputWindow(BoundedWindow mainWindow) {
          return GlobalWindow.INSTANCE;
        }
      };
    }
  }
}

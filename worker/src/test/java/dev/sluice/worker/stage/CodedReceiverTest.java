package dev.sluice.worker.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.record.Receiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.api.Test;

/** What a coder does to elements that would otherwise pass by reference. */
class CodedReceiverTest {
  private final List<Object> received = new ArrayList<>();

  private void send(Object value, Coder<Object> coder) {
    Receiver end = (element, timestampMs, windows, pane) -> received.add(element);
    new CodedReceiver("words/Count", coder, end)
        .receive(value, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
  }

  @Test
  void givesOnWhatTheCoderGivesBack() {
    send("any", new Forgetful());

    assertThat(received).containsExactly("");
  }

  @Test
  void namesTheTransformWhoseElementCannotBeEncoded() {
    assertThatThrownBy(() -> send("any", new Refusing()))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("'words/Count'")
        .hasStackTraceContaining("not today");
  }

  /** Encodes nothing. */
  private static final class Forgetful extends CustomCoder<Object> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Object value, OutputStream out) {}

    @Override
    public Object decode(InputStream in) {
      return "";
    }
  }

  /** Encodes nothing either, and says so. */
  private static final class Refusing extends CustomCoder<Object> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Object value, OutputStream out) throws IOException {
      throw new IOException("not today");
    }

    @Override
    public Object decode(InputStream in) {
      return "";
    }
  }
}

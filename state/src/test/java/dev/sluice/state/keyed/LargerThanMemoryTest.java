package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.StateFixture;
import dev.sluice.state.TaskState;
import dev.sluice.state.disk.LocalDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.page.SpillArea;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bag of four times the heap: filled, read twice, cleared and read once more, in a JVM of its
 * own.
 */
class LargerThanMemoryTest {
  private static final int HEAP_MB = 32;
  private static final int ELEMENTS = 130_000;
  private static final int ELEMENT_BYTES = 1000;

  @TempDir Path temp;

  @Test
  void aBagOfFourTimesTheHeap() throws Exception {
    Process process =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("output").toFile())
            .start();
    int code = process.waitFor();
    Path output = temp.resolve("output");
    assertThat(output).content().contains("done");
    assertThat(code).isZero();
    assertThat(temp.resolve("scratch")).doesNotExist();
  }

  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + HEAP_MB + "m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(LargerThanMemoryTest.class.getName());
    command.add(temp.resolve("scratch").toString());
    return command;
  }

  /** What the other JVM runs. */
  public static void main(String[] args) {
    SpillArea area = SpillArea.onDisk(new LocalDisk(Path.of(args[0])));
    TaskState task = new TaskState(KeyGroupRange.ALL, area);
    KeyedState<String> state =
        task.keyed(
            "Group",
            StringUtf8Coder.of(),
            GlobalWindow.Coder.INSTANCE,
            new StateFixture.SetTimes());
    state.select("hot", KeyHasher.of(StringUtf8Coder.of()).hash("hot"));
    BagState<byte[]> bag =
        state
            .stateInternals()
            .state(StateNamespaces.global(), StateTags.bag("bag", ByteArrayCoder.of()));
    for (int i = 0; i < ELEMENTS; i++) {
      bag.add(element(i));
    }
    Iterable<byte[]> snapshot = bag.read();
    check(snapshot);
    check(snapshot);
    bag.clear();
    check(snapshot);
    task.close();
    area.close();
    System.out.println("done");
  }

  private static void check(Iterable<byte[]> snapshot) {
    Iterator<byte[]> elements = snapshot.iterator();
    for (int i = 0; i < ELEMENTS; i++) {
      if (!Arrays.equals(elements.next(), element(i))) {
        throw new AssertionError("Element " + i + " is another one");
      }
    }
    if (elements.hasNext()) {
      throw new AssertionError("There are more than " + ELEMENTS + " elements");
    }
  }

  private static byte[] element(int number) {
    byte[] element = new byte[ELEMENT_BYTES];
    ByteBuffer.wrap(element).putInt(number).putInt(ELEMENT_BYTES - Integer.BYTES, ~number);
    return element;
  }
}

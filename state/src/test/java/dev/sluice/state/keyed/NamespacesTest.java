package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class NamespacesTest {
  private static StateNamespace namespace(int number) {
    IntervalWindow window =
        new IntervalWindow(
            Instant.ofEpochMilli(number / 3), Instant.ofEpochMilli(number / 3 + 1000));
    return number % 3 == 0
        ? StateNamespaces.window(IntervalWindow.getCoder(), window)
        : StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window, number % 3);
  }

  @Test
  void thereIsOneObjectForEachNamespaceInUseAndNoneForTheOthers() {
    Random random = new Random(3);
    Namespaces namespaces = new Namespaces();
    Map<Integer, Namespace> inUse = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int number = random.nextInt(300);
      Namespace known = inUse.get(number);
      if (known != null) {
        assertThat(namespaces.find(namespace(number))).isSameAs(known);
        assertThat(namespaces.intern(namespace(number))).isSameAs(known);
        if (random.nextInt(3) == 0) {
          namespaces.release(known);
          inUse.remove(number);
        }
      } else {
        Namespace made = namespaces.intern(namespace(number));
        if (random.nextBoolean()) {
          namespaces.use(made);
          inUse.put(number, made);
        }
      }
      assertThat(namespaces.size()).isBetween(inUse.size(), inUse.size() + 1);
    }
  }

  @Test
  void windowTriggerAndGlobalNamespacesAreApart() {
    Namespaces namespaces = new Namespaces();
    Namespace global = namespaces.intern(StateNamespaces.global());
    namespaces.use(global);
    StateNamespace window =
        StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
    Namespace ofWindow = namespaces.intern(window);
    namespaces.use(ofWindow);
    Namespace ofTrigger =
        namespaces.intern(
            StateNamespaces.windowAndTrigger(
                GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE, 0));
    namespaces.use(ofTrigger);
    assertThat(namespaces.size()).isEqualTo(3);
    assertThat(namespaces.intern(StateNamespaces.global())).isSameAs(global);
    assertThat(namespaces.intern(window)).isSameAs(ofWindow);
  }
}

package dev.sluice.protocol.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What a lossy network carries arrives once and in order all the same. */
final class SequencedNetworkTest {

  @Property(tries = 200)
  void everythingArrivesOnceAndInOrder(@ForAll long seed) {
    Lossy lossy = new Lossy(new Random(seed));
    SequencedNetwork one = new SequencedNetwork("one", lossy);
    SequencedNetwork two = new SequencedNetwork("two", lossy);
    List<Object> atA = new ArrayList<>();
    List<Object> atB = new ArrayList<>();
    one.register("a", atA::add);
    two.register("b", atB::add);
    List<Object> sent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      one.send("b", i);
      two.send("a", i);
      two.send("b", "own-" + i);
      sent.add(i);
      lossy.carrySome();
    }
    lossy.carryAll();
    assertThat(atA).isEqualTo(sent);
    assertThat(atB.stream().filter(message -> message instanceof Integer).toList()).isEqualTo(sent);
    assertThat(atB).hasSize(100);
  }

  /** Loses, repeats and reorders packets and acknowledgements until it is told to carry all. */
  private static final class Lossy implements Network {
    private final Random random;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final List<Runnable> underWay = new ArrayList<>();
    private final Deque<Runnable> delayed = new ArrayDeque<>();
    private boolean faults = true;

    Lossy(Random random) {
      this.random = random;
    }

    @Override
    public void register(String address, Endpoint endpoint) {
      endpoints.put(address, endpoint);
    }

    @Override
    public void unregister(String address) {
      endpoints.remove(address);
    }

    @Override
    public void send(String to, Object message) {
      boolean faulty =
          faults
              && (message instanceof SequencedNetwork.Packet
                  || message instanceof SequencedNetwork.Arrived);
      int copies = faulty ? random.nextInt(3) : 1;
      for (int i = 0; i < copies; i++) {
        underWay.add(() -> endpoints.get(to).handle(message));
      }
    }

    @Override
    public void sendLater(String to, Object message, long delayMs) {
      delayed.add(() -> send(to, message));
    }

    void carrySome() {
      for (int i = random.nextInt(4); i > 0 && !underWay.isEmpty(); i--) {
        underWay.remove(random.nextInt(underWay.size())).run();
      }
    }

    void carryAll() {
      faults = false;
      while (!underWay.isEmpty() || !delayed.isEmpty()) {
        if (underWay.isEmpty()) {
          delayed.poll().run();
        } else {
          underWay.remove(random.nextInt(underWay.size())).run();
        }
      }
    }
  }
}

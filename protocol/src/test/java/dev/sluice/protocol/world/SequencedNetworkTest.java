package dev.sluice.protocol.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Heartbeat;
import dev.sluice.protocol.Message;
import dev.sluice.protocol.MessageForm;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

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
      one.send("b", numbered(i));
      two.send("a", numbered(i));
      two.post("b", "own-" + i);
      sent.add(numbered(i));
      lossy.carrySome();
    }
    lossy.carryAll();
    assertThat(atA).isEqualTo(sent);
    assertThat(atB.stream().filter(Message.class::isInstance).toList()).isEqualTo(sent);
    assertThat(atB).hasSize(100);
  }

  private static Message numbered(int number) {
    return new Envelope("test", 1, number, "sender", new Heartbeat("sender"));
  }

  /** Before, the next message was numbered behind the hole, and waited at it for ever. */
  @Test
  void whoHasLapsedIsDeadUntilHeComesBackAsAnotherProcess() {
    Lossy lossy = new Lossy(new Random(1));
    lossy.faults = false;
    SequencedNetwork one = new SequencedNetwork("one", lossy);
    SequencedNetwork two = new SequencedNetwork("two", lossy);
    List<Object> atA = new ArrayList<>();
    List<Object> atB = new ArrayList<>();
    one.register("a", atA::add);
    two.register("b", atB::add);
    one.send("b", numbered(0));
    lossy.carryAll();

    lossy.cutOff.add("b");
    one.send("b", numbered(1));
    lossy.carryAll();
    lossy.cutOff.clear();

    one.send("b", numbered(2));
    two.send("a", numbered(3));
    lossy.carryAll();
    assertThat(atB).as("heard before it lapsed").containsExactly(numbered(0));
    assertThat(atA).as("heard of who has lapsed").isEmpty();

    SequencedNetwork again = new SequencedNetwork("two again", lossy);
    List<Object> atNewB = new ArrayList<>();
    again.register("new b", atNewB::add);
    one.send("new b", numbered(4));
    again.send("a", numbered(5));
    lossy.carryAll();
    assertThat(atNewB).containsExactly(numbered(4));
    assertThat(atA).containsExactly(numbered(5));
  }

  /** Loses, repeats and reorders packets and acknowledgements until it is told to carry all. */
  private static final class Lossy implements Network {
    private final Random random;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final List<Runnable> underWay = new ArrayList<>();
    private final Deque<Runnable> delayed = new ArrayDeque<>();
    private final Set<String> cutOff = new HashSet<>();
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
    public void send(String to, Message message) {
      int copies = faults ? random.nextInt(3) : 1;
      for (int i = 0; i < copies; i++) {
        underWay.add(() -> deliver(to, message));
      }
    }

    private void deliver(String to, Message message) {
      if (!cutOff.contains(to)) {
        endpoints.get(to).handle(MessageForm.read(MessageForm.write(message)));
      }
    }

    @Override
    public void post(String own, Object note) {
      underWay.add(() -> endpoints.get(own).handle(note));
    }

    @Override
    public void postLater(String own, Object note, long delayMs) {
      delayed.add(() -> post(own, note));
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

package dev.sluice.worker.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LocalNetworkTest {
  private final LocalNetwork network = new LocalNetwork(HeapWatch.NONE);
  private final BlockingQueue<Object> handled = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws InterruptedException {
    network.close();
    network.awaitEnded(10_000);
  }

  @Test
  void messagesArriveInOrderAndOneAtATime() throws InterruptedException {
    network.register("a", handled::add);
    List<Object> sent = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      network.post("a", i);
      sent.add(i);
    }
    List<Object> arrived = new ArrayList<>();
    while (arrived.size() < sent.size()) {
      arrived.add(handled.take());
    }
    assertThat(arrived).isEqualTo(sent);
  }

  @Test
  void aDelayedMessageArrivesWhenItIsDue() throws InterruptedException {
    network.register("a", handled::add);
    long sentAt = System.nanoTime();
    network.postLater("a", "later", 60);
    network.postLater("a", "soon", 30);
    network.post("a", "now");

    assertThat(handled.take()).isEqualTo("now");
    assertThat(handled.take()).isEqualTo("soon");
    assertThat(handled.take()).isEqualTo("later");
    assertThat(System.nanoTime() - sentAt)
        .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
  }

  @Test
  void anEndpointThatWasTakenOffIsNotKept() throws InterruptedException {
    WeakReference<Object> endpoint = registerAndTakeOff();
    network.awaitEnded(10_000);
    while (endpoint.get() != null) {
      System.gc();
    }
  }

  private WeakReference<Object> registerAndTakeOff() {
    List<Object> endpoint = new ArrayList<>();
    network.register("a", endpoint::add);
    network.unregister("a");
    return new WeakReference<>(endpoint);
  }

  @Test
  void aMessageToNobodyIsDropped() {
    network.post("nobody", "hello");
  }

  @Test
  void anAddressHasOneEndpoint() {
    network.register("a", handled::add);
    assertThatThrownBy(() -> network.register("a", handled::add)).hasMessageContaining("a");
  }

  @Test
  void anEndpointThatThrowsHandlesTheNextMessage() throws InterruptedException {
    network.register(
        "a",
        message -> {
          if (message.equals("bad")) {
            throw new IllegalStateException("thrown on purpose by a test");
          }
          handled.add(message);
        });
    network.post("a", "bad");
    network.post("a", "good");

    assertThat(handled.take()).isEqualTo("good");
  }

  /** A message, and an exception, of which nothing can be said. */
  private static final class Unspeakable extends Exception {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("thrown on purpose by a test");
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void sneakilyThrow(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void anEndpointLivesOnWhateverIsThrownAndHoweverOftenItIsInterrupted()
      throws InterruptedException {
    network.register(
        "a",
        message -> {
          if (message instanceof Throwable thrown) {
            LocalNetworkTest.<RuntimeException>sneakilyThrow(thrown);
          } else if (message.equals("interrupt")) {
            Thread.currentThread().interrupt();
          } else {
            handled.add(message);
          }
        });
    network.post("a", new Unspeakable());
    network.post("a", new ThreadDeath());
    network.post("a", "interrupt");
    network.post("a", "good");

    assertThat(handled.take()).isEqualTo("good");
  }

  @Test
  void anEndpointCanCloseTheNetworkItIsOn() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    network.register("b", handled::add);
    network.register(
        "a",
        message -> {
          network.close();
          closed.countDown();
        });
    network.post("a", "close");
    closed.await();
    network.awaitEnded(10_000);

    assertThat(threads()).isEmpty();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("endpoint:"))
        .toList();
  }
}

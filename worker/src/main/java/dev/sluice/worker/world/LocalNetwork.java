package dev.sluice.worker.world;

import dev.sluice.protocol.Message;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.error.Thrown;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network within one JVM: a queue and a thread for each address.
 *
 * <p>Any thread may send. Each endpoint is called by its own thread only, in the order of arrival;
 * a message that was sent with a delay arrives when it is due. Whatever handling a message throws,
 * the thread handles the next one. Always true: after {@link #close} no further message is handled
 * once the current one is done, and the threads end by themselves, so {@code close} may be called
 * by one of them; {@link #awaitEnded} waits for them. The threads keep the JVM alive: whoever makes
 * a network closes it.
 */
public final class LocalNetwork implements Network, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNetwork.class);

  private final HeapWatch heap;
  private final Map<String, Mailbox> mailboxes = new ConcurrentHashMap<>();

  /** Of addresses that were taken off: threads alone, which keep nothing alive when they end. */
  private final List<Thread> ending = new CopyOnWriteArrayList<>();

  /** A network without addresses. */
  public LocalNetwork(HeapWatch heap) {
    this.heap = heap;
  }

  @Override
  public void register(String address, Endpoint endpoint) {
    Mailbox mailbox = new Mailbox(address, endpoint);
    if (mailboxes.putIfAbsent(address, mailbox) != null) {
      throw new IllegalStateException("address " + address + " has an endpoint already");
    }
    mailbox.start();
  }

  @Override
  public void unregister(String address) {
    Mailbox mailbox = mailboxes.remove(address);
    if (mailbox != null) {
      ending.add(mailbox.thread);
      mailbox.end();
    }
  }

  @Override
  public void send(String to, Message message) {
    post(to, message);
  }

  @Override
  public void post(String to, Object message) {
    Mailbox mailbox = mailboxes.get(to);
    if (mailbox == null) {
      LOG.debug("nobody at {}: dropped {}", to, message);
      return;
    }
    mailbox.arrivals.add(message);
  }

  @Override
  public void postLater(String to, Object message, long delayMs) {
    post(to, new Delayed(message, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMs)));
  }

  /** Takes every address off the network. Does not wait; see {@link #awaitEnded}. */
  @Override
  public void close() {
    mailboxes.keySet().forEach(this::unregister);
  }

  /**
   * Waits until the threads of all addresses that were taken off have ended, except the caller's
   * own; but no longer than {@code limitMs} for each.
   */
  public void awaitEnded(long limitMs) throws InterruptedException {
    for (Thread thread : ending) {
      if (thread != Thread.currentThread()) {
        thread.join(limitMs);
        if (thread.isAlive()) {
          LOG.warn("{} does not end; it is at {}", thread, List.of(thread.getStackTrace()));
        }
      }
    }
  }

  /** A message that is handled when it is due. */
  private record Delayed(Object message, long dueNanos) implements Comparable<Delayed> {
    @Override
    public int compareTo(Delayed other) {
      // Nanoseconds may wrap around: compare their difference.
      return Long.compare(dueNanos - other.dueNanos, 0);
    }
  }

  /** One address: its queue and its thread. */
  private final class Mailbox {
    private static final Object WAKE_UP = new Object();

    private final String name;
    private final Endpoint endpoint;
    private final LinkedBlockingQueue<Object> arrivals = new LinkedBlockingQueue<>();
    private final PriorityQueue<Delayed> delayed = new PriorityQueue<>();
    private final Thread thread;
    private volatile boolean ended;

    Mailbox(String address, Endpoint endpoint) {
      this.endpoint = endpoint;
      this.name = "endpoint:" + address;
      this.thread = new Thread(this::handleUntilEnded, name);
      this.thread.setDaemon(false);
      // Not the loader of whatever job happened to be the first to need a network.
      this.thread.setContextClassLoader(LocalNetwork.class.getClassLoader());
    }

    void start() {
      thread.start();
    }

    void end() {
      ended = true;
      arrivals.add(WAKE_UP);
    }

    private void handleUntilEnded() {
      while (!ended) {
        try {
          Object message = next();
          if (message instanceof Delayed later) {
            delayed.add(later);
          } else if (message != null && message != WAKE_UP) {
            endpoint.handle(message);
          }
        } catch (InterruptedException e) {
          // Left behind by somebody's code that the endpoint has called: only end() ends it.
          LOG.debug("{} was interrupted", name);
        } catch (Throwable e) {
          // A bug of the endpoint; its other jobs are not affected.
          failed(e);
        }
      }
    }

    /** Without memory even this may fail. */
    private void failed(Throwable thrown) {
      try {
        heap.lost(thrown, name);
        Thrown.log(LOG, "{} failed to handle a message", name, thrown);
      } catch (Throwable e) {
        // The next message is handled all the same.
        return;
      }
    }

    /** What to handle now; null if a delayed message may have become due meanwhile. */
    private Object next() throws InterruptedException {
      Delayed first = delayed.peek();
      if (first == null) {
        return arrivals.take();
      }
      long waitNanos = first.dueNanos() - System.nanoTime();
      if (waitNanos > 0) {
        return arrivals.poll(waitNanos, TimeUnit.NANOSECONDS);
      }
      delayed.poll();
      return first.message();
    }
  }
}

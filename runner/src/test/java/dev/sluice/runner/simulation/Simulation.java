package dev.sluice.runner.simulation;

import dev.sluice.state.MemoryDisk;
import dev.sluice.worker.world.Clock;
import dev.sluice.worker.world.Network;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import dev.sluice.worker.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A whole cluster in one thread, ordered by a seed: steps tasks, delivers messages and moves the
 * clock, one after the other, by the choices of one random generator.
 *
 * <p>Owned by the test's thread. Always true: the same seed makes the same choices, whose names are
 * folded into {@link #traceHash}; messages to one address keep their order; the clock moves only
 * when nothing else can happen.
 */
final class Simulation implements Clock, Network, TaskRunner {
  private static final long START_MS = 1_000_000_000_000L;

  private final long seed;
  private final Random random;
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
  private final Map<String, Deque<Object>> mailboxes = new LinkedHashMap<>();
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::atNanos).thenComparing(Delayed::order));
  private final List<Stepped> tasks = new ArrayList<>();
  private long nanos;
  private long order;
  private long events;
  private long traceHash = 1;

  private record Delayed(long atNanos, long order, String to, Object message) {}

  private Simulation(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  static Simulation seed(long seed) {
    return new Simulation(seed);
  }

  /** The world that a coordinator and its workers are handed. */
  World world() {
    return new World(this, this, job -> new MemoryDisk(Long.MAX_VALUE), this);
  }

  /** Choices for whoever builds the test's input. */
  Random random() {
    return random;
  }

  /** Folds the order of all that has happened into one number. */
  long traceHash() {
    return traceHash;
  }

  /**
   * Lets things happen until {@code done}.
   *
   * @param mostEvents more events than this are taken for a loop without end
   * @throws AssertionError if nothing can happen any more, or too much has; names the seed
   */
  void runUntil(BooleanSupplier done, long mostEvents) {
    long limit = events + mostEvents;
    while (!done.getAsBoolean()) {
      if (!next()) {
        throw new AssertionError(
            "seed " + seed + ": stalled after " + events + " events: " + tasks);
      }
      if (events > limit) {
        throw new AssertionError("seed " + seed + ": no end after " + events + " events: " + tasks);
      }
    }
  }

  /** One event, but no step of a task that is in the middle of one; false if none is possible. */
  private boolean next() {
    List<Runnable> choices = new ArrayList<>();
    for (Map.Entry<String, Deque<Object>> mailbox : mailboxes.entrySet()) {
      if (!mailbox.getValue().isEmpty()) {
        choices.add(() -> deliver(mailbox.getKey(), mailbox.getValue().poll()));
      }
    }
    for (Stepped task : tasks) {
      if (task.runnable()) {
        choices.add(task::stepOnce);
      }
    }
    if (choices.isEmpty()) {
      return advanceClock();
    }
    events++;
    choices.get(random.nextInt(choices.size())).run();
    return true;
  }

  private void deliver(String address, Object message) {
    trace(address + "<-" + message.getClass().getSimpleName());
    Endpoint endpoint = endpoints.get(address);
    if (endpoint != null) {
      endpoint.handle(message);
    }
  }

  private boolean advanceClock() {
    long next = delayed.isEmpty() ? Long.MAX_VALUE : delayed.peek().atNanos();
    for (Stepped task : tasks) {
      next = Math.min(next, task.wakeAtNanos);
    }
    if (next == Long.MAX_VALUE) {
      return false;
    }
    nanos = Math.max(nanos, next);
    events++;
    while (!delayed.isEmpty() && delayed.peek().atNanos() <= nanos) {
      Delayed due = delayed.poll();
      send(due.to(), due.message());
    }
    for (Stepped task : tasks) {
      if (task.wakeAtNanos <= nanos) {
        task.wake();
      }
    }
    return true;
  }

  private void trace(String event) {
    traceHash = 31 * traceHash + event.hashCode();
  }

  @Override
  public long nowMs() {
    return START_MS + nanos / 1_000_000;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void register(String address, Endpoint endpoint) {
    endpoints.put(address, endpoint);
    mailboxes.computeIfAbsent(address, a -> new ArrayDeque<>());
  }

  @Override
  public void unregister(String address) {
    endpoints.remove(address);
  }

  @Override
  public void send(String to, Object message) {
    mailboxes.computeIfAbsent(to, a -> new ArrayDeque<>()).add(message);
  }

  @Override
  public void sendLater(String to, Object message, long delayMs) {
    delayed.add(new Delayed(nanos + delayMs * 1_000_000, order++, to, message));
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    Stepped stepped = new Stepped(name, task);
    tasks.add(stepped);
    task.started(stepped);
  }

  /** One task; runnable while it makes progress or has been woken. */
  private final class Stepped implements Handle {
    private final String name;
    private final Steppable task;
    private boolean awake = true;
    private boolean inStep;
    private long wakeAtNanos = Long.MAX_VALUE;
    private Step last;

    Stepped(String name, Steppable task) {
      this.name = name;
      this.task = task;
    }

    boolean runnable() {
      return awake && !inStep;
    }

    void stepOnce() {
      awake = false;
      inStep = true;
      wakeAtNanos = Long.MAX_VALUE;
      last = task.step();
      inStep = false;
      trace(name + ":" + last);
      nanos += 1_000 + random.nextInt(1_000_000);
      if (last == Step.FINISHED) {
        tasks.remove(this);
        task.ended();
      } else if (last == Step.WORKED) {
        awake = true;
      } else {
        wakeAtNanos = task.wakeAtNanos();
      }
    }

    @Override
    public void wake() {
      awake = true;
    }

    @Override
    public void interrupt() {
      wake();
    }

    @Override
    public void rest() {
      if (!next()) {
        throw new AssertionError("seed " + seed + ": " + name + " waits for room for ever");
      }
    }

    @Override
    public String toString() {
      return name + "(" + last + (inStep ? ", in a step" : "") + ")";
    }
  }
}

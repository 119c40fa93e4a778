package dev.sluice.testing.simulation;

import dev.sluice.protocol.Message;
import dev.sluice.protocol.MessageForm;
import dev.sluice.protocol.world.Clock;
import dev.sluice.protocol.world.Io;
import dev.sluice.protocol.world.Network;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
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
 * A whole cluster in one thread, ordered by a seed: steps tasks, delivers messages, does what would
 * block, moves the clock and crashes processes, one after the other, by the choices of one random
 * generator.
 *
 * <p>Owned by the test's thread. Always true: the same seed makes the same choices, whose names are
 * folded into {@link #traceHash}; messages from one address to another keep their order, unless
 * {@link Faults} say otherwise; the clock moves only when nothing else can happen.
 */
final class Simulation {
  private static final long START_MS = 1_000_000_000_000L;

  private final long seed;
  private final Random random;
  private final Faults faults;
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::atNanos).thenComparing(Delayed::order));
  private long nanos;
  private long wallClockOffsetMs;
  private long order;
  private final Story story;
  private long events;
  private long traceHash = 1;

  /** What goes wrong, each with a probability. */
  record Faults(double lostMessage, double lateMessage, double clockJump) {
    static final Faults NONE = new Faults(0, 0, 0);

    /** Messages that get lost, come late and overtake each other; a clock that jumps. */
    static final Faults MANY = new Faults(0.05, 0.1, 0.002);
  }

  /** Something that happens at a time; nothing if its process has crashed by then. */
  private record Delayed(long atNanos, long order, SimulatedProcess process, Runnable what) {}

  /** Unwinds the stack of a process that is gone. */
  private static final class Crashed extends Error {
    private static final long serialVersionUID = 1;

    Crashed() {
      super("the simulated process has crashed", null, false, false);
    }
  }

  private Simulation(long seed, Faults faults, Story story) {
    this.seed = seed;
    this.random = new Random(seed);
    this.faults = faults;
    this.story = story;
  }

  static Simulation seed(long seed) {
    return seed(seed, Faults.NONE, new Story(false));
  }

  static Simulation seed(long seed, Faults faults, Story story) {
    return new Simulation(seed, faults, story);
  }

  /** A process of its own, from now until it crashes. */
  SimulatedProcess process(String name) {
    SimulatedProcess process = new SimulatedProcess(name);
    processes.add(process);
    return process;
  }

  /** Choices for whoever builds the test's input. */
  Random random() {
    return random;
  }

  /** Folds the order of all that has happened into one number. */
  long traceHash() {
    return traceHash;
  }

  /** How long it has been running, in the time of the simulation. */
  long elapsedMs() {
    return nanos / 1_000_000;
  }

  /** Lets {@code what} happen between {@code fromMs} and {@code toMs} milliseconds from now. */
  void later(long fromMs, long toMs, Runnable what) {
    long delayNanos =
        fromMs * 1_000_000 + (long) (random.nextDouble() * (toMs - fromMs) * 1_000_000);
    delayed.add(new Delayed(nanos + delayNanos, order++, null, what));
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
            "seed " + seed + ": stalled after " + events + " events: " + processes);
      }
      if (events > limit) {
        throw new AssertionError(
            "seed " + seed + ": no end after " + events + " events: " + processes);
      }
    }
  }

  /** One event, but no step of a task that is in the middle of one; false if none is possible. */
  private boolean next() {
    List<Runnable> choices = new ArrayList<>();
    processes.forEach(process -> process.addChoices(choices));
    if (choices.isEmpty()) {
      return advanceClock();
    }
    events++;
    if (random.nextDouble() < faults.clockJump()) {
      wallClockOffsetMs += random.nextInt(120_000) - 60_000;
      trace("the wall clocks jump");
    }
    try {
      choices.get(random.nextInt(choices.size())).run();
    } catch (Crashed e) {
      trace("the current step ends with its process");
    }
    return true;
  }

  private boolean advanceClock() {
    long next = delayed.isEmpty() ? Long.MAX_VALUE : delayed.peek().atNanos();
    for (SimulatedProcess process : processes) {
      next = Math.min(next, process.wakeAtNanos());
    }
    if (next == Long.MAX_VALUE) {
      return false;
    }
    nanos = Math.max(nanos, next);
    events++;
    while (!delayed.isEmpty() && delayed.peek().atNanos() <= nanos) {
      Delayed due = delayed.poll();
      if (due.process() == null || due.process().alive) {
        due.what().run();
      }
    }
    processes.forEach(SimulatedProcess::wakeDue);
    return true;
  }

  private void trace(String event) {
    traceHash = 31 * traceHash + event.hashCode();
    story.tell(nanos, event);
  }

  /** The process at an address, or null. */
  private SimulatedProcess at(String address) {
    for (SimulatedProcess process : processes) {
      if (process.endpoints.containsKey(address)) {
        return process;
      }
    }
    return null;
  }

  /** One process: its addresses, tasks and blocking works, all gone when it crashes. */
  final class SimulatedProcess implements Clock, Network, TaskRunner, Io {
    private final String name;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final Map<String, Deque<Object>> mailboxes = new LinkedHashMap<>();
    private final Map<String, Deque<Runnable>> lanes = new LinkedHashMap<>();
    private final List<Stepped> tasks = new ArrayList<>();
    private boolean alive = true;
    private boolean cutOff;
    private boolean storageHangs;

    private SimulatedProcess(String name) {
      this.name = name;
    }

    /** Ends it as {@code kill -9} would. */
    void crash() {
      trace(name + " crashes");
      alive = false;
      processes.remove(this);
    }

    boolean isAlive() {
      return alive;
    }

    /** From now on nothing that it sends reaches others, and nothing reaches it. */
    void cutOff() {
      trace(name + " is cut off");
      cutOff = true;
    }

    /** Ends what {@link #cutOff} has begun; what was said meanwhile is lost. */
    void reconnect() {
      trace(name + " is connected again");
      cutOff = false;
    }

    /** From now on, or no more, nothing ends that may block on a storage. */
    void storageHangs(boolean hangs) {
      trace(name + (hangs ? "'s storage hangs" : "'s storage answers again"));
      storageHangs = hangs;
    }

    /** The names of the tasks that run here. */
    List<String> tasks() {
      return tasks.stream().map(task -> task.name).toList();
    }

    private void addChoices(List<Runnable> choices) {
      for (Map.Entry<String, Deque<Object>> mailbox : mailboxes.entrySet()) {
        if (!mailbox.getValue().isEmpty()) {
          choices.add(() -> deliver(mailbox.getKey(), mailbox.getValue().poll()));
        }
      }
      for (Map.Entry<String, Deque<Runnable>> lane : lanes.entrySet()) {
        if (!storageHangs && !lane.getValue().isEmpty()) {
          choices.add(() -> doWork(lane.getKey(), lane.getValue().poll()));
        }
      }
      for (Stepped task : tasks) {
        if (task.runnable()) {
          choices.add(task::stepOnce);
        }
      }
    }

    private void deliver(String address, Object message) {
      trace(address + " receives " + Story.of(message));
      Endpoint endpoint = endpoints.get(address);
      if (endpoint != null) {
        endpoint.handle(message);
      }
    }

    private void doWork(String lane, Runnable work) {
      trace(name + " works on lane " + lane);
      nanos += random.nextInt(5_000_000);
      work.run();
    }

    private long wakeAtNanos() {
      long least = Long.MAX_VALUE;
      for (Stepped task : tasks) {
        least = Math.min(least, task.wakeAtNanos);
      }
      return least;
    }

    private void wakeDue() {
      for (Stepped task : tasks) {
        if (task.wakeAtNanos <= nanos) {
          task.wake();
        }
      }
    }

    private void arrive(String to, Object message) {
      if (endpoints.containsKey(to)) {
        mailboxes.computeIfAbsent(to, a -> new ArrayDeque<>()).add(message);
      }
    }

    @Override
    public long nowMs() {
      return START_MS + wallClockOffsetMs + nanos / 1_000_000;
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public void register(String address, Endpoint endpoint) {
      endpoints.put(address, endpoint);
    }

    @Override
    public void unregister(String address) {
      endpoints.remove(address);
      mailboxes.remove(address);
    }

    @Override
    public void send(String to, Message sent) {
      if (!alive) {
        return;
      }
      // Nothing but data gets from one to the other, not even within a process.
      Message message = MessageForm.read(MessageForm.write(sent));
      if (endpoints.containsKey(to)) {
        arrive(to, message);
        return;
      }
      double chance = random.nextDouble();
      if (cutOff || chance < faults.lostMessage()) {
        trace(name + " -> " + to + " lost: " + Story.of(message));
      } else if (chance < faults.lostMessage() + faults.lateMessage()) {
        later(0, 500, () -> arriveSomewhere(to, message));
      } else {
        arriveSomewhere(to, message);
      }
    }

    private void arriveSomewhere(String to, Object message) {
      SimulatedProcess receiver = at(to);
      if (receiver != null && !receiver.cutOff) {
        receiver.arrive(to, message);
      }
    }

    @Override
    public void post(String own, Object note) {
      if (alive) {
        arrive(own, note);
      }
    }

    @Override
    public void postLater(String own, Object note, long delayMs) {
      delayed.add(new Delayed(nanos + delayMs * 1_000_000, order++, this, () -> arrive(own, note)));
    }

    @Override
    public void submit(String lane, Runnable work) {
      if (alive) {
        lanes.computeIfAbsent(lane, l -> new ArrayDeque<>()).add(work);
      }
    }

    @Override
    public void start(String taskName, ClassLoader loader, Steppable task) {
      if (alive) {
        Stepped stepped = new Stepped(this, taskName, task);
        tasks.add(stepped);
        task.started(stepped);
      }
    }

    @Override
    public String toString() {
      return name + tasks;
    }
  }

  /** One task; runnable while it makes progress or has been woken. */
  private final class Stepped implements TaskRunner.Handle {
    private final SimulatedProcess process;
    private final String name;
    private final TaskRunner.Steppable task;
    private boolean awake = true;
    private boolean inStep;
    private long wakeAtNanos = Long.MAX_VALUE;
    private Step last;

    Stepped(SimulatedProcess process, String name, TaskRunner.Steppable task) {
      this.process = process;
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
      if (!process.alive) {
        throw new Crashed();
      }
      inStep = false;
      trace(process.name + " steps " + name + ": " + last);
      nanos += 1_000 + random.nextInt(1_000_000);
      if (last == Step.FINISHED) {
        process.tasks.remove(this);
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
      if (!process.alive) {
        throw new Crashed();
      }
      if (!next()) {
        throw new AssertionError("seed " + seed + ": " + name + " waits for room for ever");
      }
      if (!process.alive) {
        throw new Crashed();
      }
    }

    @Override
    public String toString() {
      return name + "(" + last + (inStep ? ", in a step" : "") + ")";
    }
  }
}

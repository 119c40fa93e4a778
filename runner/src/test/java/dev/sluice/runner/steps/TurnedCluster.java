package dev.sluice.runner.steps;

import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.Intake;
import dev.sluice.coordinator.Leadership;
import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.Message;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.world.Clock;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.Io;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.worker.Membership;
import dev.sluice.worker.Resolvers;
import dev.sluice.worker.Worker;
import dev.sluice.worker.body.DirectBodies;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import dev.sluice.worker.world.World;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * A coordinator and a worker in one thread, in which everything has its turn as it has come: the
 * work of the cluster, and none beside it that grows with the job.
 */
final class TurnedCluster implements Network, Clock, TaskRunner, Io {
  static final String CLIENT = "client";
  private static final String COORDINATOR = "coordinator";
  private static final String NAME = "turned";

  private final Map<String, Endpoint> endpoints = new HashMap<>();
  private final Queue<Runnable> turns = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::atNanos).thenComparing(Later::order));
  private long nanos = 1_000_000_000L;
  private long order;
  private JobUpdate.Ended ended;

  private record Later(long atNanos, long order, Runnable what) {}

  /** One task; it has a turn while it works or has been woken. */
  private final class Turn implements Handle {
    private final Steppable task;
    private boolean waits;
    private boolean over;

    Turn(Steppable task) {
      this.task = task;
    }

    private void take() {
      waits = false;
      Step step = task.step();
      if (step == Step.FINISHED) {
        over = true;
        task.ended();
      } else if (step == Step.WORKED) {
        wake();
      } else if (task.wakeAtNanos() < Long.MAX_VALUE) {
        later.add(new Later(task.wakeAtNanos(), order++, this::wake));
      }
    }

    @Override
    public void wake() {
      if (!waits && !over) {
        waits = true;
        turns.add(this::take);
      }
    }

    @Override
    public void interrupt() {
      throw new AssertionError("nothing here blocks");
    }

    @Override
    public void rest() {
      throw new AssertionError("nothing here fills a channel");
    }
  }

  /** Runs a job to its end, which is told to {@link #CLIENT}. */
  JobUpdate.Ended run(Submission job, Intake intake, Resolvers resolvers) {
    register(CLIENT, this::told);
    register(
        COORDINATOR,
        new Coordinator(
            new Leadership(NAME, 1, COORDINATOR),
            this,
            entry -> {},
            this,
            intake,
            Exceptions.NOT_KEPT));
    new Worker(
        new Membership(NAME, "worker", COORDINATOR),
        new World(
            this,
            this,
            scratch -> new MemoryDisk(1L << 30),
            this,
            this,
            StateRoom.inMemory(1L << 30)),
        resolvers,
        new DirectBodies());
    send(COORDINATOR, new Envelope(NAME, 1, 0, CLIENT, new ClientRequest.Submit(job)));
    while (ended == null) {
      if (turns.isEmpty()) {
        Later next = later.remove();
        nanos = Math.max(nanos, next.atNanos());
        next.what().run();
      } else {
        turns.remove().run();
      }
    }
    return ended;
  }

  private void told(Object message) {
    if (((Envelope) message).content() instanceof JobUpdate.Ended end) {
      ended = end;
    }
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
    post(to, message);
  }

  @Override
  public void post(String to, Object message) {
    turns.add(() -> endpoints.get(to).handle(message));
  }

  @Override
  public void postLater(String to, Object message, long delayMs) {
    later.add(new Later(nanos + delayMs * 1_000_000, order++, () -> post(to, message)));
  }

  @Override
  public void submit(String lane, Runnable work) {
    turns.add(work);
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    Turn turn = new Turn(task);
    task.started(turn);
    turn.wake();
  }

  @Override
  public long nowMs() {
    return nanos / 1_000_000;
  }

  @Override
  public long nanoTime() {
    nanos += 1_000;
    return nanos;
  }
}

package dev.sluice.worker;

import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.world.Clock;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import dev.sluice.worker.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A worker in one thread: whose turn is next, a task, a message or what a lane is to do, is decided
 * by a seed.
 */
final class SteppedWorker implements TaskRunner, Clock {
  private static final String ADDRESS = "worker";

  private final Random random;
  private final Deque<Object> toWorker = new ArrayDeque<>();
  private final List<Running> tasks = new ArrayList<>();
  private final Map<String, Deque<Runnable>> lanes = new LinkedHashMap<>();
  private final Map<String, Disk> disks = new LinkedHashMap<>();
  private final Worker worker;
  private long nanos = 1_000_000_000;

  /** One task; in the middle of a step it cannot be stepped again. */
  private final class Running implements Handle {
    final Steppable task;
    boolean inStep;

    Running(Steppable task) {
      this.task = task;
    }

    void step() {
      inStep = true;
      Step step = task.step();
      inStep = false;
      if (step == Step.FINISHED) {
        tasks.remove(this);
        task.ended();
      }
    }

    @Override
    public void wake() {}

    @Override
    public void interrupt() {}

    @Override
    public void rest() {
      for (Running other : List.copyOf(tasks)) {
        if (!other.inStep && tasks.contains(other)) {
          other.step();
        }
      }
    }
  }

  /**
   * @param stateBytes how much of the state is on the heap; the rest is in a store
   * @param resolvers of the worker
   * @param bodies how user code runs
   * @param coordinator takes what the worker tells
   */
  SteppedWorker(
      long seed,
      long stateBytes,
      Resolvers resolvers,
      BodyFactory bodies,
      Consumer<Envelope> coordinator) {
    this.random = new Random(seed);
    this.worker =
        new Worker(
            WorkerWire.membership(ADDRESS),
            new World(
                this,
                new WorkerWire(toWorker::add, coordinator, later -> {}),
                job -> disks.computeIfAbsent(job, name -> new MemoryDisk(1L << 26)),
                this,
                (lane, work) -> lanes.computeIfAbsent(lane, name -> new ArrayDeque<>()).add(work),
                StateRoom.inMemory(stateBytes)),
            resolvers,
            bodies);
  }

  Random random() {
    return random;
  }

  void command(int attempt, WorkerCommand command) {
    toWorker.add(WorkerWire.command(attempt, command));
  }

  /** Lets one thing happen. */
  void turn() {
    nanos += random.nextInt(200_000);
    int choice = random.nextInt(10);
    if (choice < 2 && !toWorker.isEmpty()) {
      worker.handle(toWorker.poll());
    } else if (choice < 4 && !lanes.isEmpty()) {
      List<String> names = List.copyOf(lanes.keySet());
      workOn(names.get(random.nextInt(names.size())));
    } else if (!tasks.isEmpty()) {
      tasks.get(random.nextInt(tasks.size())).step();
    } else if (!toWorker.isEmpty()) {
      worker.handle(toWorker.poll());
    }
  }

  private void workOn(String lane) {
    Deque<Runnable> works = lanes.get(lane);
    Runnable work = works.poll();
    if (works.isEmpty()) {
      lanes.remove(lane);
    }
    work.run();
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    Running running = new Running(task);
    tasks.add(running);
    task.started(running);
  }

  @Override
  public long nowMs() {
    return nanos / 1_000_000;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}

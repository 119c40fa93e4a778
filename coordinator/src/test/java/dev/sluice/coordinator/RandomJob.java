package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.Message;
import dev.sluice.protocol.MessageForm;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerCommand.CompleteCheckpoint;
import dev.sluice.protocol.WorkerCommand.Deploy;
import dev.sluice.protocol.WorkerCommand.SplitSources;
import dev.sluice.protocol.WorkerCommand.Stop;
import dev.sluice.protocol.WorkerCommand.TriggerCheckpoint;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.protocol.WorkerEvent.CheckpointFailed;
import dev.sluice.protocol.WorkerEvent.CheckpointReleased;
import dev.sluice.protocol.WorkerEvent.CheckpointWanted;
import dev.sluice.protocol.WorkerEvent.JobStopped;
import dev.sluice.protocol.WorkerEvent.SourcesSplit;
import dev.sluice.protocol.WorkerEvent.TaskFailed;
import dev.sluice.protocol.WorkerEvent.TaskFinished;
import dev.sluice.protocol.WorkerRegistered;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.storage.TaskSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A coordinator with two workers, a storage and a client that are models, in which everything that
 * may happen next happens in an order drawn from a seed. Checks after each step what must always be
 * true. Owned by the test.
 */
final class RandomJob implements Network {
  private static final List<String> WORKERS = List.of("w1", "w2");
  private static final long NONE = -1;

  private final Random random;
  private final MemoryLedger ledger = new MemoryLedger();
  private final Coordinator coordinator;

  /** Messages on their way, by receiver: in order for each, as a network keeps them. */
  private final Map<String, Queue<Object>> onTheWay = new LinkedHashMap<>();

  /** Alarms come in any order: a simulation of every delay there may be. */
  private final List<Object> alarms = new ArrayList<>();

  /** What workers that are gone have sent, and the network has kept. */
  private final List<Envelope> late = new ArrayList<>();

  private final Queue<Runnable> io = new ArrayDeque<>();
  private final Map<String, WorkerModel> workers = new LinkedHashMap<>();
  private final List<String> history = new ArrayList<>();
  private JobUpdate.Ended ended;
  private long lastReleased;
  private int failuresLeft;

  /** A worker as the coordinator sees it. */
  private final class WorkerModel {
    final String name;
    int attempt;
    final TreeSet<TaskId> alive = new TreeSet<>();
    final TreeSet<TaskId> tasks = new TreeSet<>();
    final List<WorkerEvent> mayTell = new ArrayList<>();
    final TreeSet<TaskId> waiting = new TreeSet<>();
    final Map<TaskId, Integer> roundsLeft = new TreeMap<>();
    long completed = NONE;
    boolean stopping;

    WorkerModel(String name) {
      this.name = name;
    }

    void told(WorkerCommand command) {
      if (command instanceof SplitSources) {
        send(
            Envelope.BEFORE_ANY,
            new SourcesSplit(Jobs.ID, Map.of("read", List.of()), MetricBytes.NONE));
      } else if (command instanceof Deploy deploy) {
        deployed(deploy);
      } else if (command instanceof Stop) {
        stopping = true;
      } else if (command instanceof TriggerCheckpoint trigger) {
        tasks.forEach(task -> mayTell.add(acknowledged(task, trigger)));
      } else if (command instanceof CompleteCheckpoint complete) {
        released(complete.checkpoint());
      }
    }

    private void deployed(Deploy deploy) {
      for (WorkerModel other : workers.values()) {
        assertThat(other.attempt == deploy.attempt().number() || other.alive.isEmpty())
            .as("attempt %d of %s beside %d", other.attempt, other.name, deploy.attempt().number())
            .isTrue();
      }
      assertThat(deploy.attempt().number()).isGreaterThan(attempt);
      long from = deploy.attempt().restore().map(point -> point.checkpoint()).orElse(0L);
      long newest = ledger.stored.isEmpty() ? 0 : ledger.stored.get(ledger.stored.size() - 1).id();
      assertThat(from).as("the newest that is stored").isEqualTo(newest);
      attempt = deploy.attempt().number();
      stopping = false;
      mayTell.clear();
      waiting.clear();
      tasks.clear();
      tasks.addAll(deploy.tasks());
      alive.addAll(tasks);
      completed = NONE;
      tasks.forEach(task -> roundsLeft.put(task, random.nextInt(3)));
      tasks.forEach(this::mayTellWhatItDoesNext);
    }

    /** A task has nothing left to do, or waits for a checkpoint first. */
    private void mayTellWhatItDoesNext(TaskId task) {
      mayTell.add(
          roundsLeft.get(task) == 0
              ? new TaskFinished(Jobs.ID, task)
              : new CheckpointWanted(Jobs.ID, task, completed));
    }

    /** Whoever has said that it waits goes on; the others have not come to their wait yet. */
    private void checkpointReleases(long checkpoint) {
      completed = checkpoint;
      for (TaskId task : List.copyOf(waiting)) {
        waiting.remove(task);
        roundsLeft.merge(task, -1, Integer::sum);
        mayTellWhatItDoesNext(task);
      }
    }

    private void released(long checkpoint) {
      assertThat(ledger.stored.stream().map(SavedCheckpoint::id))
          .as("complete only what is stored")
          .contains(checkpoint);
      lastReleased = Math.max(lastReleased, checkpoint);
      checkpointReleases(checkpoint);
      mayTell.add(new CheckpointReleased(Jobs.ID, checkpoint));
    }

    private CheckpointAcknowledged acknowledged(TaskId task, TriggerCheckpoint trigger) {
      assertThat(trigger.barrier()).isEqualTo(Barrier.SAVE);
      SegmentRef segment =
          new SegmentRef("a" + attempt + "/e" + trigger.checkpoint(), 1, 1, 0, 255);
      return new CheckpointAcknowledged(
          Jobs.ID,
          task,
          trigger.checkpoint(),
          new TaskSnapshot(List.of(segment), 1),
          MetricBytes.NONE);
    }

    /** Its process dies and starts anew; what it had still to say may come late, or never. */
    void startsAnew() {
      mayTell.forEach(event -> late.add(Jobs.said(name, attempt, event)));
      mayTell.clear();
      tasks.clear();
      alive.clear();
      waiting.clear();
      stopping = false;
      attempt = Envelope.BEFORE_ANY;
      onTheWay.remove(name);
      RandomJob.this.send(
          "coordinator", Jobs.said(name, Envelope.BEFORE_ANY, new WorkerRegistered(name)));
    }

    boolean hasAllToldOfTheirEnd() {
      return waiting.isEmpty()
          && mayTell.stream()
              .noneMatch(e -> e instanceof TaskFinished || e instanceof CheckpointWanted);
    }

    boolean canAct() {
      return !mayTell.isEmpty() || !alive.isEmpty();
    }

    void act() {
      if (stopping) {
        mayTell.clear();
        alive.clear();
        stopping = false;
        send(attempt, new JobStopped(Jobs.ID, MetricBytes.NONE));
      } else if (failuresLeft > 0 && !alive.isEmpty() && random.nextInt(16) == 0) {
        failuresLeft--;
        startsAnew();
      } else if (failuresLeft > 0 && !alive.isEmpty() && random.nextInt(12) == 0) {
        failuresLeft--;
        send(attempt, new TaskFailed(Jobs.ID, Jobs.failure("boom " + failuresLeft)));
      } else if (!mayTell.isEmpty()) {
        WorkerEvent event = mayTell.remove(random.nextInt(mayTell.size()));
        if (event instanceof CheckpointWanted wanted) {
          event = new CheckpointWanted(Jobs.ID, wanted.task(), completed);
          waiting.add(wanted.task());
        }
        boolean fails =
            event instanceof CheckpointAcknowledged && failuresLeft > 0 && random.nextInt(20) == 0;
        send(attempt, fails ? failed((CheckpointAcknowledged) event) : event);
      }
    }

    private CheckpointFailed failed(CheckpointAcknowledged instead) {
      failuresLeft--;
      return new CheckpointFailed(Jobs.ID, instead.task(), instead.checkpoint(), "full");
    }

    private void send(int ofAttempt, WorkerEvent event) {
      RandomJob.this.send("coordinator", Jobs.said(name, ofAttempt, event));
    }
  }

  RandomJob(long seed) {
    random = new Random(seed);
    failuresLeft = random.nextInt(4);
    JobSpec job = Jobs.durable(ledger);
    coordinator =
        new Coordinator(
            Jobs.leadership("coordinator"),
            this,
            this::decided,
            (lane, work) -> io.add(work),
            submission -> new Intake.Taken(job, List.of()),
            Exceptions.NOT_KEPT);
    for (String worker : WORKERS) {
      workers.put(worker, new WorkerModel(worker));
      say(worker, new WorkerRegistered(worker));
    }
    say(Jobs.CLIENT, new ClientRequest.Submit(job.submission()));
  }

  private void say(String who, Content content) {
    send("coordinator", Jobs.said(who, Envelope.BEFORE_ANY, content));
  }

  private void decided(JournalEntry entry) {
    history.add(entry.toString());
    if (entry.from() == JobPhase.RUNNING && entry.to() == JobPhase.COMPLETING) {
      assertThat(workers.values()).as("all work is done").allMatch(w -> w.hasAllToldOfTheirEnd());
    }
  }

  /** Runs to the end of the job; how it has ended. */
  JobUpdate.Ended run() {
    for (int step = 0; step < 20_000 && ended == null; step++) {
      step();
    }
    assertThat(ended).as("the job comes to an end").isNotNull();
    return ended;
  }

  MemoryLedger ledger() {
    return ledger;
  }

  long lastReleased() {
    return lastReleased;
  }

  private void step() {
    List<Runnable> possible = new ArrayList<>();
    onTheWay.forEach((to, queue) -> addIf(!queue.isEmpty(), possible, () -> arrive(to)));
    workers.values().forEach(w -> addIf(w.canAct() || w.stopping, possible, w::act));
    addIf(!io.isEmpty(), possible, this::doIo);
    addIf(
        !late.isEmpty() && random.nextInt(20) == 0,
        possible,
        () -> send("coordinator", late.remove(0)));
    addIf(!nearAlarms().isEmpty() && random.nextInt(4) == 0, possible, this::alarm);
    if (possible.isEmpty()) {
      alarm();
      return;
    }
    possible.get(random.nextInt(possible.size())).run();
  }

  private static void addIf(boolean possible, List<Runnable> to, Runnable what) {
    if (possible) {
      to.add(what);
    }
  }

  private void doIo() {
    boolean fails = failuresLeft > 0 && random.nextInt(4) == 0;
    ledger.outcome =
        fails
            ? new CheckpointLedger.Outcome.NotWritten("the storage is away", false)
            : new CheckpointLedger.Outcome.Written();
    failuresLeft -= fails ? 1 : 0;
    io.remove().run();
  }

  /** Alarms that give something up never come here: they are far away. */
  private List<Object> nearAlarms() {
    return alarms.stream().filter(a -> !a.toString().matches("(?s).*(Overdue|Tick).*")).toList();
  }

  private void alarm() {
    List<Object> near = nearAlarms();
    assertThat(near).as("something to wait for after %s", String.join("\n", history)).isNotEmpty();
    Object alarm = near.get(random.nextInt(near.size()));
    alarms.remove(alarm);
    post("coordinator", alarm);
  }

  private void arrive(String to) {
    Object message = onTheWay.get(to).remove();
    if (to.equals("coordinator")) {
      coordinator.handle(message);
      return;
    }
    Content content = ((Envelope) message).content();
    if (content instanceof WorkerCommand command) {
      workers.get(to).told(command);
    } else if (content instanceof JobUpdate.Ended end) {
      ended = end;
    }
  }

  @Override
  public void register(String address, Endpoint endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unregister(String address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void send(String to, Message message) {
    post(to, MessageForm.read(MessageForm.write(message)));
  }

  @Override
  public void post(String to, Object note) {
    onTheWay.computeIfAbsent(to, address -> new ArrayDeque<>()).add(note);
  }

  @Override
  public void postLater(String own, Object note, long delayMs) {
    alarms.add(note);
  }
}

package dev.sluice.runner;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Remembers the jobs that {@link SluiceRunner} is given in this JVM, for whoever starts a program
 * and has to know how its jobs end. Any thread.
 */
public final class JobWatch {
  private final List<JobHandle> jobs = new ArrayList<>(); // guarded by this

  private final Consumer<String> beginnings;

  JobWatch(Consumer<String> beginnings) {
    this.beginnings = beginnings;
  }

  void tell(String beginning) {
    beginnings.accept(beginning);
  }

  synchronized void add(JobHandle job) {
    jobs.add(job);
  }

  /**
   * Waits until every job has ended, those included that are submitted meanwhile.
   *
   * @throws JobFailedException if one has failed: the first that was submitted
   */
  public void awaitAll() throws InterruptedException {
    for (int i = 0; i < size(); i++) {
      JobHandle job = get(i);
      JobUpdate.Ended how = job.await();
      if (how.phase() == JobPhase.FAILED) {
        throw new JobFailedException(how.failure().orElseThrow(), job.cause());
      }
    }
  }

  /** How many jobs it has seen. */
  public synchronized int size() {
    return jobs.size();
  }

  /** How many of them have gone back to a checkpoint, or to their beginning, so far. */
  public synchronized long restarted() {
    return jobs.stream().filter(JobHandle::restarted).count();
  }

  private synchronized JobHandle get(int index) {
    return jobs.get(index);
  }
}

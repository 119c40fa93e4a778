package dev.sluice.worker.task;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.BundleSize;
import dev.sluice.worker.stage.Operator;
import dev.sluice.worker.stage.SourceOperator;
import dev.sluice.worker.watermark.Activity;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/** Passes elements on, writes down every call, and does at each what a test has scripted. */
class ScriptedOperator implements Operator, Receiver {

  /** What a test wants done at a call. */
  interface Act {
    void run() throws Exception;
  }

  final String name;
  final List<String> log;
  final Deque<Long> timersMs = new ArrayDeque<>();
  Receiver output;
  String failsAt = "";
  Act atBarrier = () -> {};
  int copies = 1;
  boolean pending;
  Activity activity;
  boolean waitsForCheckpoint;

  /** Whether it keeps something until the end of the bundle. */
  boolean emitsAtEnd;

  long nextProcessingTimeMs = Long.MAX_VALUE;
  long nextSynchronizedTimeMs = Long.MAX_VALUE;
  private final BundleSize bundleSize =
      new BundleSize(StringUtf8Coder.of(), () -> this.given, () -> this.last);
  private boolean inBundle;
  private long given;
  private Object last;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long outputWatermarkMs = watermarkMs;

  ScriptedOperator(String name, List<String> log) {
    this.name = name;
    this.log = log;
  }

  private void called(String call) {
    log.add(name + call);
    if (failsAt.equals(call)) {
      throw new IllegalArgumentException("scripted failure at " + call);
    }
  }

  @Override
  public void open() {
    called(".open");
  }

  @Override
  public void startBundle() {
    called(".start");
    inBundle = true;
  }

  @Override
  public void finishBundle() {
    called(".finish");
    inBundle = false;
    if (emitsAtEnd) {
      output.receive(name + " at the end", 0, TaskHarness.GLOBAL, PaneInfo.NO_FIRING);
    }
  }

  @Override
  public void pause() {
    called(".pause");
  }

  @Override
  public BundleSize bundleSize() {
    return bundleSize;
  }

  @Override
  public boolean holdsForBundle() {
    return inBundle && emitsAtEnd && watermarkMs > outputWatermarkMs;
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (failsAt.equals(value)) {
      throw new IllegalArgumentException("scripted failure at " + value);
    }
    log.add(name + " " + value);
    given++;
    last = value;
    for (int i = 0; i < copies; i++) {
      output.receive(value, timestampMs, windows, pane);
    }
  }

  @Override
  public void advanceWatermark(long inputWatermarkMs) {
    if (inputWatermarkMs > watermarkMs) {
      watermarkMs = inputWatermarkMs;
      log.add(name + " watermark " + inputWatermarkMs);
    }
  }

  @Override
  public Activity activity(Activity input) {
    return activity == null ? input : activity;
  }

  @Override
  public long outputWatermarkMs() {
    if (!inBundle || !emitsAtEnd) {
      outputWatermarkMs = watermarkMs;
    }
    return outputWatermarkMs;
  }

  void holdSource(long ms) {
    watermarkMs = ms;
  }

  @Override
  public boolean hasDueWork() {
    return !timersMs.isEmpty() && timersMs.peek() <= watermarkMs;
  }

  @Override
  public int fireTimers(int limit) {
    int fired = 0;
    while (fired < limit && hasDueWork()) {
      log.add(name + " fires " + timersMs.poll());
      fired++;
    }
    return fired;
  }

  @Override
  public long nextProcessingTimeMs() {
    return nextProcessingTimeMs;
  }

  @Override
  public void advanceSynchronizedTime(long timeMs) {
    if (nextSynchronizedTimeMs < timeMs) {
      nextSynchronizedTimeMs = Long.MAX_VALUE;
      log.add(name + " synchronized " + timeMs);
    }
  }

  @Override
  public long nextSynchronizedTimeMs() {
    return nextSynchronizedTimeMs;
  }

  @Override
  public boolean hasPendingWork() {
    return pending;
  }

  @Override
  public boolean waitsForCheckpoint() {
    return waitsForCheckpoint;
  }

  @Override
  public long drain() {
    log.add(name + ".drain");
    return outputWatermarkMs();
  }

  @Override
  public void barrier(long checkpoint) {
    called(".barrier");
    try {
      atBarrier.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    called(".close");
  }

  /** The same as a source: emits what a test has put in. */
  static final class Source extends ScriptedOperator implements SourceOperator {
    final Deque<Object> elements = new ArrayDeque<>();
    Runnable openBundle = () -> {};
    boolean ended;

    Source(String name, List<String> log) {
      super(name, log);
    }

    @Override
    public Polled poll(int limit) {
      int count = 0;
      if (!elements.isEmpty()) {
        openBundle.run();
      }
      while (count < limit && !elements.isEmpty()) {
        receive(elements.poll(), 0, TaskHarness.GLOBAL, PaneInfo.NO_FIRING);
        count++;
      }
      return count > 0 ? Polled.RECORDS : ended ? Polled.ENDED : Polled.IDLE;
    }

    @Override
    public void advanceWatermark(long inputWatermarkMs) {
      throw new IllegalStateException("a source has no input watermark");
    }
  }
}

package dev.sluice.worker.task;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How large the stack of a task's thread is: what any thread of this JVM gets, which is {@code
 * -Xss} if the user has set it, plus a fixed amount for each transform that is called from inside
 * another.
 *
 * <p>Pure but for the JVM's option. A stack is an address range; memory is taken as it grows.
 */
final class TaskStack {
  /**
   * A transform's own calls, from its input to its output, take 1 KB to 2 KB while they are
   * interpreted. The rest is for user code that emits from deep inside itself.
   */
  private static final long BYTES_PER_CALL = 32 << 10;

  private static final long DEFAULT_BYTES = 1 << 20;
  private static final long BYTES = ofAnyThread();

  private TaskStack() {}

  /** The size in bytes for a stage in which this many transforms call each other. */
  static long bytesFor(int callDepth) {
    return BYTES + callDepth * BYTES_PER_CALL;
  }

  private static long ofAnyThread() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (hotSpot == null) {
      return DEFAULT_BYTES;
    }
    long kilobytes = Long.parseLong(hotSpot.getVMOption("ThreadStackSize").getValue());
    // 0 stands for what the operating system gives.
    return kilobytes == 0 ? DEFAULT_BYTES : kilobytes << 10;
  }
}

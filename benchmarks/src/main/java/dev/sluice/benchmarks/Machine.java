package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a figure was measured on. Pure functions of this process. */
final class Machine {
  private Machine() {}

  static void describe(Map<String, Object> result, List<String> arguments) {
    result.put("peakRssMb", peakRssMb());
    result.put("maxHeapMb", Runtime.getRuntime().maxMemory() >> 20);
    result.put("cores", Runtime.getRuntime().availableProcessors());
    result.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    result.put("options", arguments);
  }

  /** The processor time that all threads of this process have taken, the collector's too. */
  static long cpuNanos() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getProcessCpuTime();
  }

  /** The most memory that this process ever had, as Linux counts it; -1 elsewhere. */
  private static long peakRssMb() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D+", "")) >> 10;
        }
      }
      return -1;
    } catch (IOException e) {
      return -1;
    }
  }
}

package dev.sluice.runner;

import dev.sluice.state.checkpoint.Holder;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** In whose name the jobs of this process are claimed. Stateless. */
final class Holders {
  private Holders() {}

  static Holder thisProcess() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "an unknown host";
    }
    return new Holder(host, ProcessHandle.current().pid(), System.currentTimeMillis());
  }
}

package dev.sluice.protocol.world;

import dev.sluice.protocol.Arrived;
import dev.sluice.protocol.Message;
import dev.sluice.protocol.Packet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's end of a network that may lose messages, deliver them twice, late or in another
 * order: numbers what it sends, keeps it until the receiver has said that it arrived, and hands out
 * what arrives once and in the order in which it was sent.
 *
 * <p>Any thread sends; what arrives is handled by whoever carries the messages of its address. To
 * an address of its own process it sends without numbers. Always true: of the messages from one
 * process to one address each is handed out at most once, after all those before it.
 *
 * <p>An address from which nothing has arrived for {@link #GIVE_UP_MS} although something was sent
 * there has lapsed, and is dead from then on: what was lost on the way cannot be repaired, so
 * nothing more is sent there, and whatever its process sends is ignored, so that it gives up too.
 * It comes back as another life of its process, with addresses of its own. To notice that, and that
 * a process is gone, is the business of heartbeats.
 */
public final class SequencedNetwork implements Network {
  private static final Logger LOG = LoggerFactory.getLogger(SequencedNetwork.class);

  /** How long to wait for an acknowledgement before sending again, in milliseconds. */
  static final long RESEND_MS = 200;

  /** How long to send again and again, in milliseconds. */
  static final long GIVE_UP_MS = 60_000;

  private final String process;
  private final Network carrier;
  private final Map<String, Outgoing> outgoing = new LinkedHashMap<>();
  private final Map<String, Incoming> local = new LinkedHashMap<>();
  private final Set<String> lapsed = new HashSet<>();

  /** Time to look whether packets to {@code to} have arrived; to itself. */
  private record Look(String to) {}

  /**
   * @param process the address for acknowledgements; unique among all processes that there ever are
   * @param carrier what may lose, repeat and reorder
   */
  public SequencedNetwork(String process, Network carrier) {
    this.process = process;
    this.carrier = carrier;
    carrier.register(process, this::handleOwn);
  }

  /** Takes the process off the carrier. */
  public void close() {
    carrier.unregister(process);
  }

  @Override
  public synchronized void register(String address, Endpoint endpoint) {
    Incoming incoming = new Incoming(address, endpoint);
    local.put(address, incoming);
    carrier.register(address, incoming);
  }

  @Override
  public synchronized void unregister(String address) {
    local.remove(address);
    carrier.unregister(address);
  }

  @Override
  public void send(String to, Message message) {
    Message sent = message;
    boolean startLooking = false;
    synchronized (this) {
      if (lapsed.contains(to)) {
        LOG.debug("{} has lapsed: dropped {}", to, message);
        return;
      }
      if (!local.containsKey(to)) {
        Outgoing lane = outgoing.computeIfAbsent(to, address -> new Outgoing());
        Packet packet = new Packet(process, List.copyOf(local.keySet()), to, lane.next++, message);
        lane.waiting.add(packet);
        startLooking = !lane.looking;
        lane.looking = true;
        sent = packet;
      }
    }
    carrier.send(to, sent);
    if (startLooking) {
      carrier.postLater(process, new Look(to), RESEND_MS);
    }
  }

  @Override
  public void post(String own, Object note) {
    carrier.post(own, note);
  }

  @Override
  public void postLater(String own, Object note, long delayMs) {
    carrier.postLater(own, note, delayMs);
  }

  private void handleOwn(Object message) {
    if (message instanceof Arrived arrived) {
      arrived(arrived);
    } else if (message instanceof Look look) {
      resend(look.to());
    } else {
      throw new IllegalArgumentException("process " + process + " got " + message);
    }
  }

  private synchronized void arrived(Arrived arrived) {
    Outgoing lane = outgoing.get(arrived.to());
    if (lane != null) {
      while (!lane.waiting.isEmpty() && lane.waiting.peek().number() < arrived.below()) {
        lane.waiting.poll();
        lane.looks = 0;
      }
    }
  }

  private void resend(String to) {
    List<Packet> again;
    synchronized (this) {
      Outgoing lane = outgoing.get(to);
      lane.looks++;
      if (!lane.waiting.isEmpty() && lane.looks * RESEND_MS > GIVE_UP_MS) {
        LOG.warn(
            "{} has not answered for {} s: it is taken for dead until it comes back as another"
                + " process",
            to,
            GIVE_UP_MS / 1000);
        lapsed.add(to);
        outgoing.remove(to);
        return;
      }
      again = List.copyOf(lane.waiting);
      lane.looking = !again.isEmpty();
    }
    again.forEach(packet -> carrier.send(to, packet));
    if (!again.isEmpty()) {
      carrier.postLater(process, new Look(to), RESEND_MS);
    }
  }

  private synchronized boolean isOfLapsed(Packet packet) {
    return packet.addresses().stream().anyMatch(lapsed::contains);
  }

  /** What was sent to one address and is not known to have arrived. Guarded by the network. */
  private static final class Outgoing {
    final Deque<Packet> waiting = new ArrayDeque<>();
    long next;
    int looks;
    boolean looking;
  }

  /** One address of this process; handled by the carrier's thread for it. */
  private final class Incoming implements Endpoint {
    private final String address;
    private final Endpoint endpoint;
    private final Map<String, Sender> senders = new LinkedHashMap<>();

    Incoming(String address, Endpoint endpoint) {
      this.address = address;
      this.endpoint = endpoint;
    }

    @Override
    public void handle(Object message) {
      if (!(message instanceof Packet packet)) {
        endpoint.handle(message);
        return;
      }
      if (isOfLapsed(packet)) {
        return;
      }
      Sender sender = senders.computeIfAbsent(packet.process(), name -> new Sender());
      if (packet.number() >= sender.expected) {
        sender.early.put(packet.number(), packet);
      }
      while (!sender.early.isEmpty() && sender.early.firstKey() == sender.expected) {
        Message inOrder = sender.early.pollFirstEntry().getValue().message();
        sender.expected++;
        endpoint.handle(inOrder);
      }
      carrier.send(packet.process(), new Arrived(process, address, sender.expected));
    }
  }

  /** What has come from one process to one address. */
  private static final class Sender {
    final TreeMap<Long, Packet> early = new TreeMap<>();
    long expected;
  }
}

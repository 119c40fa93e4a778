package dev.sluice.worker.exchange;

/** The channels over which outlets and gates are tested. */
enum ChannelKind {
  /** Within this process. */
  LOCAL {
    @Override
    TestChannel open() {
      return new Local(new LocalChannel(() -> {}, () -> {}));
    }
  },
  /** By copies, which arrive at once. */
  COPYING {
    @Override
    TestChannel open() {
      return new CopyingChannel(true);
    }
  },
  /** By copies, which take their time. */
  SLOW {
    @Override
    TestChannel open() {
      return new CopyingChannel(false);
    }
  };

  abstract TestChannel open();

  private record Local(LocalChannel channel) implements TestChannel {
    @Override
    public ChannelWriter writer() {
      return channel.writer();
    }

    @Override
    public ChannelReader reader() {
      return channel.reader();
    }

    @Override
    public void deliver(boolean toReader) {}
  }
}

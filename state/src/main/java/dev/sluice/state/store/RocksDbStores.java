package dev.sluice.state.store;

import java.nio.file.Path;

/** skeleton */
public final class RocksDbStores implements StateStore.Factory {
  /** skeleton */
  public RocksDbStores(Path folder, long nativeBytes) {}

  @Override
  public StateStore open(String name) {
    return new SortedMapStore();
  }

  @Override
  public void close() {}
}

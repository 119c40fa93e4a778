package dev.sluice.state.store;

import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A store on the heap: what stands in for RocksDB in simulations and tests, and what RocksDB is
 * held equal to.
 *
 * <p>Used by one task's thread. A cursor or a view shows the live map until the first change after
 * it was made; before that change, it copies the rest of its entries. So a cursor that is closed
 * after its first entry costs no more than that.
 */
public final class SortedMapStore implements StateStore {
  private final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
  private final Set<MapCursor> open = new LinkedHashSet<>();
  private final Set<MapView> views = new LinkedHashSet<>();
  private long sizeBytes;

  /** Returns a factory of such stores. */
  public static Factory factory() {
    return new Factory() {
      @Override
      public StateStore open(String name) {
        return new SortedMapStore();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    return entries.get(key.toByteArray());
  }

  @Override
  public List<byte @Nullable []> getAll(List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      values.add(entries.get(key));
    }
    return values;
  }

  @Override
  public void put(Bytes key, Bytes value) {
    beforeChange();
    byte[] before = entries.put(key.toByteArray(), value.toByteArray());
    sizeBytes += value.size() - (before == null ? -key.size() : before.length);
  }

  @Override
  public void delete(Bytes key) {
    beforeChange();
    byte[] before = entries.remove(key.toByteArray());
    sizeBytes -= before == null ? 0 : key.size() + before.length;
  }

  @Override
  public void deletePrefix(Bytes prefix) {
    beforeChange();
    byte[] start = prefix.toByteArray();
    Iterator<Map.Entry<byte[], byte[]>> rest = entries.tailMap(start, true).entrySet().iterator();
    while (rest.hasNext()) {
      Map.Entry<byte[], byte[]> entry = rest.next();
      if (!Prefixes.startsWith(entry.getKey(), start)) {
        return;
      }
      sizeBytes -= entry.getKey().length + entry.getValue().length;
      rest.remove();
    }
  }

  @Override
  public Cursor scan(Bytes prefix, Bytes from) {
    MapCursor cursor = new MapCursor(prefix.toByteArray(), from.toByteArray());
    open.add(cursor);
    return cursor;
  }

  @Override
  public View view(Bytes prefix) {
    MapView view = new MapView(prefix.toByteArray());
    views.add(view);
    return view;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void close() {
    open.clear();
    views.clear();
    entries.clear();
    sizeBytes = 0;
  }

  private void beforeChange() {
    for (MapCursor cursor : open) {
      cursor.takeAside();
    }
    open.clear();
    for (MapView view : views) {
      view.takeAside();
    }
    views.clear();
  }

  /** The live map until its first change, then a copy of the entries that begin with a prefix. */
  private final class MapView implements View {
    private final byte[] prefix;
    private @Nullable SortedMapStore aside;

    private MapView(byte[] prefix) {
      this.prefix = prefix;
    }

    private void takeAside() {
      aside = new SortedMapStore();
      for (Map.Entry<byte[], byte[]> entry : entries.tailMap(prefix, true).entrySet()) {
        if (!Prefixes.startsWith(entry.getKey(), prefix)) {
          return;
        }
        aside.entries.put(entry.getKey(), entry.getValue());
      }
    }

    @Override
    public Cursor scan(Bytes from) {
      Bytes begin = new Bytes().put(prefix);
      return aside == null ? SortedMapStore.this.scan(begin, from) : aside.scan(begin, from);
    }

    @Override
    public void close() {
      views.remove(this);
    }
  }

  /** Walks over the live map, or over the entries that were copied when it changed. */
  private final class MapCursor implements Cursor {
    private final byte[] prefix;
    private Iterator<Map.Entry<byte[], byte[]>> rest;
    private Map.@Nullable Entry<byte[], byte[]> current;

    private MapCursor(byte[] prefix, byte[] from) {
      this.prefix = prefix;
      byte[] start = Arrays.compareUnsigned(prefix, from) < 0 ? from : prefix;
      this.rest = entries.tailMap(start, true).entrySet().iterator();
    }

    private void takeAside() {
      List<Map.Entry<byte[], byte[]>> copies = new ArrayList<>();
      while (rest.hasNext()) {
        Map.Entry<byte[], byte[]> entry = rest.next();
        if (!Prefixes.startsWith(entry.getKey(), prefix)) {
          break;
        }
        copies.add(Map.entry(entry.getKey(), entry.getValue()));
      }
      if (current != null) {
        current = Map.entry(current.getKey(), current.getValue());
      }
      rest = copies.iterator();
    }

    @Override
    public boolean next() {
      current = rest.hasNext() ? rest.next() : null;
      return current != null && Prefixes.startsWith(current.getKey(), prefix);
    }

    @Override
    public byte[] key() {
      return current.getKey();
    }

    @Override
    public byte[] value() {
      return current.getValue();
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }
}

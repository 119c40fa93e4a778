package dev.sluice.runner;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds where an object is that Java's serialization came to and refused, which only says its
 * class. Used by the thread that submits a pipeline, once that has failed.
 *
 * <p>Walks the fields that are serialized, nearest first, and looks into arrays and collections.
 * What the JDK does not open stays closed: then there is no answer.
 */
final class UnserializableField {
  private static final int LIMIT = 100_000;

  private final String className;
  private final Queue<Found> ahead = new ArrayDeque<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private record Found(String path, Object value) {}

  private UnserializableField(String className) {
    this.className = className;
  }

  /**
   * The path of fields from {@code root} to the nearest object of that class that is not
   * serializable, such as {@code fn.client}.
   */
  static Optional<String> path(Object root, String className) {
    UnserializableField search = new UnserializableField(className);
    search.add("", root);
    return search.search();
  }

  private Optional<String> search() {
    for (Found next = ahead.poll(); next != null && seen.size() < LIMIT; next = ahead.poll()) {
      if (next.value().getClass().getName().equals(className)
          && !(next.value() instanceof Serializable)) {
        return Optional.of(next.path());
      }
      lookInto(next);
    }
    return Optional.empty();
  }

  private void lookInto(Found found) {
    Object value = found.value();
    if (value instanceof Object[] array) {
      for (int i = 0; i < Array.getLength(array); i++) {
        add("%s[%d]".formatted(found.path(), i), array[i]);
      }
    } else if (value instanceof Collection<?> collection) {
      int i = 0;
      for (Object element : collection) {
        add("%s[%d]".formatted(found.path(), i++), element);
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, mapped) -> {
            add("a key of " + found.path(), key);
            add("%s[%s]".formatted(found.path(), key), mapped);
          });
    } else if (value instanceof Serializable) {
      fieldsOf(value.getClass())
          .forEach(field -> add(joined(found.path(), field), valueOf(field, value)));
    }
  }

  private static String joined(String path, Field field) {
    return path.isEmpty() ? field.getName() : path + "." + field.getName();
  }

  private void add(String path, @Nullable Object value) {
    if (value != null && seen.add(value)) {
      ahead.add(new Found(path, value));
    }
  }

  private static List<Field> fieldsOf(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (!field.getType().isPrimitive()
            && !Modifier.isStatic(modifiers)
            && !Modifier.isTransient(modifiers)) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  private static @Nullable Object valueOf(Field field, Object owner) {
    try {
      field.setAccessible(true);
      return field.get(owner);
    } catch (InaccessibleObjectException | IllegalAccessException e) {
      return null;
    }
  }
}

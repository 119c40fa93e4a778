package dev.sluice.worker.rows;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.collect.Iterators;

/**
 * Converts the rows in a collection. An iterable that is no collection may be larger than memory,
 * or give its elements only once: it is converted while somebody iterates over it.
 */
record ElementsConversion(Conversion element) implements Conversion {

  /** Gives the elements of another iterable, converted. */
  private record Converted(Iterable<?> elements, Conversion conversion)
      implements Iterable<Object> {
    @Override
    public Iterator<Object> iterator() {
      return Iterators.transform(elements.iterator(), conversion::convert);
    }
  }

  /** The conversion of a collection, or null if its elements have no rows. */
  static Conversion of(Conversion element) {
    return element == null ? null : new ElementsConversion(element);
  }

  @Override
  public Object convert(Object value) {
    if (value instanceof Collection<?> elements) {
      return allAreRight(elements) ? elements : converted(elements);
    }
    return value instanceof Iterable<?> elements ? new Converted(elements, element) : value;
  }

  @SuppressWarnings("ReferenceEquality") // an element that is right comes back as it is
  private boolean allAreRight(Collection<?> elements) {
    if (elements instanceof List<?> list && elements instanceof RandomAccess) {
      for (int i = 0; i < list.size(); i++) {
        Object each = list.get(i);
        if (element.convert(each) != each) {
          return false;
        }
      }
      return true;
    }
    for (Object each : elements) {
      if (element.convert(each) != each) {
        return false;
      }
    }
    return true;
  }

  private Collection<Object> converted(Collection<?> elements) {
    Collection<Object> converted =
        elements instanceof Set ? new LinkedHashSet<>() : new ArrayList<>(elements.size());
    elements.forEach(each -> converted.add(element.convert(each)));
    return converted;
  }
}

package dev.sluice.validatesrunner;

import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One test method of Beam's suite. Immutable. The categories include those that the annotated ones
 * extend, without the two that select the suite itself.
 *
 * @param className binary name of the class that runs it, {@code Outer$Nested}
 * @param method name of the method
 * @param categories what the test needs of a runner, {@code UsesStatefulParDo}
 * @param ignored whether Beam itself ignores it
 */
record BeamTest(String className, String method, SortedSet<String> categories, boolean ignored)
    implements Comparable<BeamTest> {

  private static final Comparator<BeamTest> BY_NAME =
      Comparator.comparing(BeamTest::className).thenComparing(BeamTest::method);

  BeamTest {
    categories = new TreeSet<>(categories);
  }

  /** The name by which files and reports know the test: {@code a.b.Outer$Nested#method}. */
  String id() {
    return className + "#" + method;
  }

  /** The id without its package, for people. */
  String label() {
    return id().substring(className.lastIndexOf('.') + 1);
  }

  /** The top-level class: tests of one outer class share static fields. */
  String outerClass() {
    int nested = className.indexOf('$');
    return nested < 0 ? className : className.substring(0, nested);
  }

  Need need() {
    return Need.of(categories);
  }

  @Override
  public int compareTo(BeamTest other) {
    return BY_NAME.compare(this, other);
  }
}

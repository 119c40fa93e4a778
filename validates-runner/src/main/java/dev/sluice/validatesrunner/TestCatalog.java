package dev.sluice.validatesrunner;

import io.github.classgraph.AnnotationClassRef;
import io.github.classgraph.AnnotationInfo;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.MethodInfo;
import io.github.classgraph.ScanResult;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.ValidatesRunner;
import org.junit.Ignore;
import org.junit.Test;
import org.junit.experimental.categories.Category;

/**
 * The tests that Beam marks as ValidatesRunner in its published test jars. Read from the class
 * files: a class whose dependencies are absent is neither loaded nor lost.
 */
final class TestCatalog {

  private static final String[] JARS = {
    "beam-sdks-java-core-*-tests.jar", "beam-runners-core-java-*-tests.jar"
  };

  private TestCatalog() {}

  /** All of them, by name. */
  static SortedSet<BeamTest> load() {
    SortedSet<BeamTest> tests = new TreeSet<>();
    try (ScanResult scan =
        new ClassGraph()
            .acceptJars(JARS)
            .enableMethodInfo()
            .enableAnnotationInfo()
            .ignoreClassVisibility()
            .scan()) {
      for (ClassInfo type : scan.getClassesWithMethodAnnotation(Test.class)) {
        if (!type.isAbstract()) {
          type.getMethodInfo().forEach(method -> addIfSelected(type, method, tests));
        }
      }
    }
    return tests;
  }

  private static void addIfSelected(ClassInfo type, MethodInfo method, SortedSet<BeamTest> tests) {
    if (!method.hasAnnotation(Test.class)) {
      return;
    }
    SortedSet<String> categories = new TreeSet<>();
    addCategories(type.getAnnotationInfo(Category.class), categories);
    addCategories(method.getAnnotationInfo(Category.class), categories);
    if (categories.remove(shortName(ValidatesRunner.class))) {
      categories.remove(shortName(NeedsRunner.class));
      boolean ignored = method.hasAnnotation(Ignore.class) || type.hasAnnotation(Ignore.class);
      tests.add(new BeamTest(type.getName(), method.getName(), categories, ignored));
    }
  }

  private static void addCategories(AnnotationInfo category, SortedSet<String> names) {
    if (category == null) {
      return;
    }
    Object value = category.getParameterValues().getValue("value");
    for (Object element : value instanceof Object[] many ? many : new Object[] {value}) {
      addWithParents(((AnnotationClassRef) element).loadClass(), names);
    }
  }

  private static void addWithParents(Class<?> category, SortedSet<String> names) {
    names.add(shortName(category));
    if (category.getSuperclass() != null && category.getSuperclass() != Object.class) {
      addWithParents(category.getSuperclass(), names);
    }
    List.of(category.getInterfaces()).forEach(parent -> addWithParents(parent, names));
  }

  private static String shortName(Class<?> category) {
    return category.getName().substring(category.getPackageName().length() + 1);
  }
}

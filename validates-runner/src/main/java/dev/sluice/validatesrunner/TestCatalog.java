package dev.sluice.validatesrunner;

import io.github.classgraph.AnnotationClassRef;
import io.github.classgraph.AnnotationInfo;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.ClassRefTypeSignature;
import io.github.classgraph.FieldInfo;
import io.github.classgraph.MethodInfo;
import io.github.classgraph.ScanResult;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.Ignore;
import org.junit.Test;
import org.junit.experimental.categories.Category;

/**
 * The tests of a suite in Beam's published test jars. Read from the class files: a class whose
 * dependencies are absent is neither loaded nor lost.
 */
final class TestCatalog {

  private TestCatalog() {}

  /** All that Beam marks as ValidatesRunner, by name. */
  static SortedSet<BeamTest> load() {
    return load(Suite.VALIDATES_RUNNER);
  }

  /** All tests of a suite, by name. */
  static SortedSet<BeamTest> load(Suite suite) {
    SortedSet<BeamTest> tests = new TreeSet<>();
    try (ScanResult scan =
        new ClassGraph()
            .acceptJars(suite.jars())
            .enableMethodInfo()
            .enableFieldInfo()
            .ignoreFieldVisibility()
            .enableAnnotationInfo()
            .ignoreClassVisibility()
            .scan()) {
      for (ClassInfo type : scan.getClassesWithMethodAnnotation(Test.class)) {
        if (!type.isAbstract()) {
          type.getMethodInfo().forEach(method -> addIfSelected(suite, type, method, tests));
        }
      }
    }
    return tests;
  }

  private static void addIfSelected(
      Suite suite, ClassInfo type, MethodInfo method, SortedSet<BeamTest> tests) {
    if (!method.hasAnnotation(Test.class)) {
      return;
    }
    SortedSet<String> categories = new TreeSet<>();
    addCategories(type.getAnnotationInfo(Category.class), categories);
    addCategories(method.getAnnotationInfo(Category.class), categories);
    if (suite.selects(type.getSimpleName(), categories, hasPipeline(type))) {
      categories.removeAll(Suite.selectingCategories());
      boolean ignored = method.hasAnnotation(Ignore.class) || type.hasAnnotation(Ignore.class);
      tests.add(new BeamTest(type.getName(), method.getName(), categories, ignored));
    }
  }

  private static boolean hasPipeline(ClassInfo type) {
    return type.getFieldInfo().stream().anyMatch(TestCatalog::isPipeline);
  }

  private static boolean isPipeline(FieldInfo field) {
    return field.getTypeDescriptor() instanceof ClassRefTypeSignature type
        && type.getFullyQualifiedClassName().equals(TestPipeline.class.getName());
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

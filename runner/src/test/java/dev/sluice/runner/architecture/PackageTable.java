package dev.sluice.runner.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The packages of one module, and which of the others each of them may import: a package of the
 * module that is not named in its row is forbidden to it. Immutable.
 *
 * <p>What is always true: a row names only rows before it, so no two packages know each other. The
 * module's own package is called {@value #ROOT}.
 *
 * @param module the module's name
 * @param imports the packages from bottom to top, each with those that it may import
 */
record PackageTable(String module, Map<String, Set<String>> imports) {
  static final String ROOT = "";

  /** The rooms of the module {@code state}. */
  static final PackageTable OF_STATE =
      new Rows("state")
          .row("error")
          .row("key", "error")
          .row("disk")
          .row("storage", "error")
          .row("log", "error", "key", "disk", "storage")
          .row("store", "error", "log")
          .row("entry", "error", "log")
          .row("page", "error", "disk", "entry")
          .row("keyed", "error", "key", "log", "store", "entry", "page")
          .row(ROOT, "error", "key", "log", "store", "entry", "page", "keyed")
          .row("windowed", "error", "key", "log", "store", "entry", "page", ROOT)
          .row("checkpoint", "error", "storage", "log")
          .table();

  /** The packages of the module {@code worker}. */
  static final PackageTable OF_WORKER =
      new Rows("worker")
          .row("record")
          .row("watermark")
          .row("world")
          .row("exchange", "record", "watermark")
          .row("stage", "record", "watermark", "world")
          .row("rows", "record", "stage")
          .row("source", "record", "watermark", "world", "stage")
          .row("grouping", "record", "watermark", "world", "stage")
          .row("pardo", "record", "watermark", "world", "stage")
          .row("body", "record", "stage", "rows", "pardo")
          .row("task", "record", "world", "exchange", "stage")
          .row(
              ROOT,
              "record",
              "world",
              "exchange",
              "stage",
              "rows",
              "source",
              "grouping",
              "pardo",
              "body",
              "task")
          .table();

  /** A rule for each package, and one that all packages are in the table. */
  Map<String, ArchRule> rules(String root) {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    imports.forEach(
        (name, allowed) ->
            rules.put(
                allowed.isEmpty()
                    ? label(name) + " imports no other package of " + module
                    : label(name) + " imports only " + label(allowed),
                importsOnly(root, name, allowed)));
    rules.put("every package of " + module + " is in the table", knowsAllPackages(root));
    return rules;
  }

  private ArchRule importsOnly(String root, String name, Set<String> allowed) {
    String[] known =
        Stream.concat(Stream.of(name), allowed.stream())
            .map(other -> packageOf(root, other))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(packageOf(root, name))
        .should()
        .dependOnClassesThat(otherThan(root, known))
        .allowEmptyShould(true)
        .because("the packages of " + module + " stand on each other as their table says");
  }

  private ArchRule knowsAllPackages(String root) {
    String[] all = imports.keySet().stream().map(n -> packageOf(root, n)).toArray(String[]::new);
    return noClasses()
        .should(be(otherThan(root, all)))
        .because("a package that is not in the table may be imported by nobody");
  }

  private DescribedPredicate<JavaClass> otherThan(String root, String[] known) {
    return resideInAPackage(root + "." + module + "..")
        .and(DescribedPredicate.not(resideInAnyPackage(known)));
  }

  private String packageOf(String root, String name) {
    return root + "." + label(name);
  }

  private String label(String name) {
    return name.equals(ROOT) ? module : module + "." + name;
  }

  private String label(Set<String> names) {
    return String.join(", ", names.stream().map(this::label).toList());
  }

  /** Collects the rows of a table, from bottom to top. */
  private static final class Rows {
    private final String module;
    private final Map<String, Set<String>> imports = new LinkedHashMap<>();

    Rows(String module) {
      this.module = module;
    }

    Rows row(String name, String... allowed) {
      for (String other : allowed) {
        if (!imports.containsKey(other)) {
          throw new IllegalArgumentException(
              "%s of %s is to import %s, which has no row before it"
                  .formatted(name, module, other));
        }
      }
      imports.put(name, new LinkedHashSet<>(List.of(allowed)));
      return this;
    }

    PackageTable table() {
      return new PackageTable(module, imports);
    }
  }
}

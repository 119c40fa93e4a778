package dev.sluice.runner.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the rules against the engine and the runner, and each rule against code that breaks it. */
class ArchitectureTest {
  private static final String ROOT = "dev.sluice";
  private static final String BROKEN = "dev.sluice.runner.architecture.broken";

  private static final JavaClasses SLUICE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // Made by protoc.
          .withImportOption(location -> !location.contains("/dev/sluice/protocol/wire/"))
          .importPackages(ROOT);

  /** What breaks no rule in the broken tree. */
  private static final List<String> WELL_BEHAVED = List.of("Allowed", "RealThreads");

  private static final JavaClasses BROKEN_TREE = new ClassFileImporter().importPackages(BROKEN);

  @TestFactory
  Stream<DynamicTest> sluiceKeeps() {
    return new ArchitectureRules(ROOT)
        .all().entrySet().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(SLUICE)));
  }

  @TestFactory
  Stream<DynamicTest> theBrokenTreeBreaks() {
    return new ArchitectureRules(BROKEN)
        .all().entrySet().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(
                        rule.getKey(),
                        () ->
                            assertThat(rule.getValue().evaluate(BROKEN_TREE).hasViolation())
                                .as(rule.getKey())
                                .isTrue()));
  }

  @TestFactory
  Stream<DynamicTest> eachForbiddenCallIsSeen() {
    return Stream.of(
            ForbiddenCall.OF_TIME,
            ForbiddenCall.OF_THREADS,
            ForbiddenCall.OF_CHANCE,
            ForbiddenCall.OF_OPENING)
        .flatMap(List::stream)
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.toString(),
                    () ->
                        assertThat(
                                ArchRuleDefinition.noClasses()
                                    .should()
                                    .accessTargetWhere(ForbiddenCall.isAnyOf(List.of(call)))
                                    .evaluate(BROKEN_TREE)
                                    .hasViolation())
                            .isTrue()));
  }

  @Test
  void whatIsSeededOrBehindTheWorldIsAllowed() {
    JavaClasses wellBehaved =
        BROKEN_TREE.that(
            DescribedPredicate.describe(
                "behave well", c -> WELL_BEHAVED.contains(c.getSimpleName())));
    assertThat(wellBehaved).hasSameSizeAs(WELL_BEHAVED);
    new ArchitectureRules(BROKEN)
        .all().values().stream()
            .map(rule -> rule.allowEmptyShould(true))
            .forEach(rule -> rule.check(wellBehaved));
  }

  @Test
  void everyModuleIsLookedAt() {
    assertThat(
            List.of(
                "translation", "state", "protocol", "worker", "coordinator", "storage", "runner"))
        .allSatisfy(
            module ->
                assertThat(SLUICE)
                    .as("classes of %s", module)
                    .anyMatch(c -> c.getPackageName().startsWith(ROOT + "." + module)));
  }
}

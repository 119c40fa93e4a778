package dev.sluice.runner.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of modules and the rules of the engine, as rules over byte code. Every rule has a name
 * and no list of exceptions. The root package is handed in, so that each rule is also held against
 * a small tree of packages that breaks it.
 */
final class ArchitectureRules {

  /** The modules from top to bottom of the table. */
  private static final List<String> TABLE =
      List.of(
          "translation",
          "state",
          "protocol",
          "worker",
          "coordinator",
          "storage",
          "portability",
          "runner",
          "testing");

  private final String root;

  ArchitectureRules(String root) {
    this.root = root;
  }

  /** All rules by name, in the order in which they are read. */
  Map<String, ArchRule> all() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    for (int row = 0; row < TABLE.size() - 1; row++) {
      rules.put(TABLE.get(row) + " imports nothing below it", importsNothingBelow(row));
    }
    rules.putAll(PackageTable.OF_STATE.rules(root));
    rules.putAll(PackageTable.OF_WORKER.rules(root));
    rules.put("state knows no graph", stateImportsNothingFromTranslation());
    rules.put("storage knows state alone", storageKnowsStateAlone());
    rules.put("the AWS SDK stays in storage", onlyStorageKnowsTheSdk());
    rules.put("translation is pure", translationKnowsNoThreadsSocketsOrDisks());
    rules.put("state knows coders and state specs", stateKnowsNoPipelines());
    rules.put("a coordinator talks to workers by messages", coordinatorKnowsNoStage());
    rules.put("nothing is deserialized but where user code runs", bytesStayBytes());
    rules.put("time is handed in", engineDoesNotReachForTime());
    rules.put("threads are handed in", engineStartsThreadsOnlyBehindTheWorld());
    rules.put("nothing is left to chance", engineLeavesNothingToChance());
    rules.put("the engine does not print", engineDoesNotPrint());
    rules.put("either SLF4J will do", logsAsBothVersionsOfSlf4jDo());
    rules.put("a name says what a class is", classNamesSayWhatTheClassIs());
    rules.put("no static field changes", noStaticFieldChanges());
    return rules;
  }

  private ArchRule importsNothingBelow(int row) {
    String[] below =
        TABLE.subList(row + 1, TABLE.size()).stream().map(this::module).toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(module(TABLE.get(row)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(below)
        .allowEmptyShould(true)
        .because("each module imports only from those above it in the table");
  }

  private ArchRule stateImportsNothingFromTranslation() {
    return noClasses()
        .that()
        .resideInAPackage(module("state"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(module("translation"))
        .because("state knows nothing of tasks, nor of the graph that they come from");
  }

  private ArchRule storageKnowsStateAlone() {
    return noClasses()
        .that()
        .resideInAPackage(module("storage"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            module("translation"), module("protocol"), module("worker"), module("coordinator"))
        .because("a place for files is opened without pipelines, jobs and tasks");
  }

  private ArchRule onlyStorageKnowsTheSdk() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(module("storage"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .because("whoever needs no bucket needs no AWS SDK, and sees files alone");
  }

  private ArchRule translationKnowsNoThreadsSocketsOrDisks() {
    DescribedPredicate<JavaClass> threadsSocketsAndDisks =
        resideInAnyPackage(
                "java.util.concurrent..", "java.net..", "java.nio.file..", "java.nio.channels..")
            .or(JavaClass.Predicates.type(Thread.class))
            .or(JavaClass.Predicates.type(java.io.File.class));
    return noClasses()
        .that()
        .resideInAPackage(module("translation"))
        .should()
        .dependOnClassesThat(threadsSocketsAndDisks)
        .because("translation is pure functions: no threads, sockets or disks");
  }

  private ArchRule stateKnowsNoPipelines() {
    return noClasses()
        .that()
        .resideInAPackage(module("state"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.beam.sdk",
            "org.apache.beam.sdk.io..",
            "org.apache.beam.sdk.options..",
            "org.apache.beam.sdk.runners..",
            "org.apache.beam.sdk.util.construction..",
            "org.apache.beam.model..")
        .because("state knows nothing of Beam's SDK beyond coders and state specs");
  }

  private ArchRule coordinatorKnowsNoStage() {
    return noClasses()
        .that()
        .resideInAPackage(module("coordinator"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(module("worker"))
        .because("a coordinator knows nothing of how a stage executes, and sends messages instead");
  }

  private ArchRule bytesStayBytes() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            module("translation"), module("state"), module("protocol"), module("coordinator"))
        .should()
        .accessTargetWhere(ForbiddenCall.isAnyOf(ForbiddenCall.OF_OPENING))
        .because("bytes that somebody submitted are made objects only where user code runs");
  }

  private ArchRule engineDoesNotReachForTime() {
    return engineOutsideTheWorld()
        .should()
        .accessTargetWhere(ForbiddenCall.isAnyOf(ForbiddenCall.OF_TIME))
        .because("time is handed in, so that a whole cluster replays from a seed");
  }

  private ArchRule engineStartsThreadsOnlyBehindTheWorld() {
    return engineOutsideTheWorld()
        .and(implementNothingOfTheWorld())
        .should()
        .accessTargetWhere(ForbiddenCall.isAnyOf(ForbiddenCall.OF_THREADS))
        .because("only what stands for the real world starts threads");
  }

  private ArchRule engineLeavesNothingToChance() {
    return engine()
        .should()
        .accessTargetWhere(ForbiddenCall.isAnyOf(ForbiddenCall.OF_CHANCE))
        .because("the same seed has to give the same run in any JVM");
  }

  private ArchRule engineDoesNotPrint() {
    return engine()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .because("the engine logs through slf4j and prints nothing");
  }

  private ArchRule logsAsBothVersionsOfSlf4jDo() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.slf4j.spi..")
        .because("the fluent API is new in SLF4J 2, and a user's project may have SLF4J 1");
  }

  private ArchRule classNamesSayWhatTheClassIs() {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .haveNameMatching("(.*[.$])?(Abstract[^.$]*|[^.$]*(Impl|Utils?|Helper|Manager))")
        .because("a noun says what a class is");
  }

  private ArchRule noStaticFieldChanges() {
    return fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage(root + "..")
        .should()
        .beFinal()
        .allowEmptyShould(true)
        .because("what changes has one owner, and a class belongs to nobody");
  }

  private GivenClassesConjunction engine() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            module("translation"),
            module("state"),
            module("protocol"),
            module("worker"),
            module("coordinator"));
  }

  private GivenClassesConjunction engineOutsideTheWorld() {
    return engine().and(DescribedPredicate.not(world()));
  }

  private DescribedPredicate<JavaClass> implementNothingOfTheWorld() {
    return DescribedPredicate.describe(
        "implement nothing of the world", c -> c.getAllRawInterfaces().stream().noneMatch(world()));
  }

  /** The two packages whose interfaces stand for the real world, and whose classes are it. */
  private DescribedPredicate<JavaClass> world() {
    return resideInAnyPackage(root + ".protocol.world..", root + ".worker.world..");
  }

  private String module(String folder) {
    return root + "." + folder + "..";
  }
}

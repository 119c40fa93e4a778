package dev.sluice.validatesrunner;

import java.util.List;
import java.util.TreeSet;

/** Tests and outcomes made up for the tests of this module. */
final class Samples {

  static final BeamTest PLAIN = test("a.PlainTest", "testPlain");
  static final BeamTest STATE = test("a.StateTest$Nested", "testState", "UsesStatefulParDo");
  static final BeamTest SIDE = test("b.SideTest", "testSide", "UsesSideInputs");
  static final BeamTest IGNORED =
      new BeamTest("b.SideTest", "testIgnored", new TreeSet<>(List.of("UsesSideInputs")), true);
  static final BeamTest EXPANSION = test("c.ExpansionTest", "testIt", "UsesExternalService");
  static final List<BeamTest> ALL = List.of(PLAIN, STATE, SIDE, IGNORED);

  private Samples() {}

  static BeamTest test(String className, String method, String... categories) {
    return new BeamTest(className, method, new TreeSet<>(List.of(categories)), false);
  }

  static Outcome passed(BeamTest test, Mode mode) {
    return Outcome.passed(test, mode, 7);
  }

  static Outcome failed(BeamTest test, Mode mode) {
    return Outcome.failed(
        test, mode, 9, new RuntimeException("outer", new IllegalStateException("inner\n  most")));
  }
}

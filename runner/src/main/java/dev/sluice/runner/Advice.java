package dev.sluice.runner;

import java.util.List;

/**
 * What to do about exceptions of Beam, of its IOs and of the JVM whose own messages do not say it:
 * one table, searched from the top. Pure functions.
 */
final class Advice {
  /**
   * One row.
   *
   * @param type the simple name of the exception's class; empty for any
   * @param piece what its message contains; empty for any
   * @param cure what to do, in sentences
   */
  private record Row(String type, String piece, String cure) {
    boolean isAbout(Throwable failure) {
      return (type.isEmpty() || failure.getClass().getSimpleName().equals(type))
          && (piece.isEmpty() || message(failure).contains(piece));
    }
  }

  private static final String OTHER_VERSION =
      "A library is there in another version than the one the code was compiled with: align the"
          + " versions; mvn dependency:tree shows them.";
  private static final String MISSING_CLASS =
      "The class is in no jar. Add its library to the class path; for bin/sluice, into your jar or"
          + " beside it: --jar=my.jar:library.jar";
  private static final String NO_CODER =
      "Make the class Serializable or give it a @DefaultCoder, or set a coder by setCoder(...); for"
          + " a CombineFn's accumulator override getAccumulatorCoder.";
  private static final String KAFKA =
      "Is the broker running, and are bootstrap servers and topic right?";

  private static final List<Row> ROWS =
      List.of(
          new Row("NoClassDefFoundError", "", MISSING_CLASS),
          new Row("ClassNotFoundException", "", MISSING_CLASS),
          new Row(
              "UnsupportedClassVersionError",
              "",
              "The class was compiled for a newer Java: use a newer JDK, or compile with --release "
                  + Runtime.version().feature()
                  + "."),
          new Row(
              "StackOverflowError",
              "",
              "A function calls itself without end, or needs more stack than a thread has:"
                  + " -Xss4m."),
          new Row("NoSuchMethodError", "", OTHER_VERSION),
          new Row("NoSuchFieldError", "", OTHER_VERSION),
          new Row("AbstractMethodError", "", OTHER_VERSION),
          new Row("IncompatibleClassChangeError", "", OTHER_VERSION),
          new Row("", "Unable to return a default Coder", NO_CODER),
          new Row("CannotProvideCoderException", "", NO_CODER),
          new Row(
              "NonDeterministicException",
              "",
              "Use a key whose coder is deterministic, such as a String or a long, or set such a"
                  + " coder by setCoder(...)."),
          new Row(
              "",
              "requires its input to use KvCoder",
              "State and timers belong to a key: make the input a KV, by WithKeys for example."),
          new Row(
              "",
              "had incompatible window windowFns",
              "Apply the same Window.into(...) to each of the PCollections before the Flatten."),
          new Row(
              "",
              "is not allowed in side inputs",
              "Apply other windows before the View, such as Window.into(new GlobalWindows())."),
          new Row(
              "",
              "Empty PCollection accessed as a singleton view",
              "Give the view a default (View.asSingleton().withDefaultValue(...)), or an element in"
                  + " each window of the main input."),
          new Row(
              "",
              "Duplicate values for",
              "A key may occur once in each window of View.asMap(): combine per key first, or use"
                  + " View.asMultimap()."),
          new Row(
              "",
              "No filesystem found for scheme",
              "Add Beam's module for it: beam-sdks-java-extensions-google-cloud-platform-core for"
                  + " gs, beam-sdks-java-io-amazon-web-services2 for s3,"
                  + " beam-sdks-java-io-hadoop-file-system for hdfs."),
          new Row(
              "",
              "No space left on device",
              "A disk is full: free space where the transform writes, or choose another place."),
          new Row(
              "",
              "Unable to create parent directories",
              "Choose a place for the output that this process may write to."),
          new Row(
              "AccessDeniedException",
              "",
              "Choose another place, or give this process the permission."),
          new Row("TimeoutException", "topic metadata", KAFKA),
          new Row("TimeoutException", "not present in metadata", KAFKA),
          new Row("UnknownTopicOrPartitionException", "", KAFKA));

  private static final String WRONG_TYPE =
      "An element is not of the type that its PCollection declares: look for unchecked casts and"
          + " raw types before this transform.";

  private Advice() {}

  /**
   * What to do about {@code chain}, a failure and its causes; empty if nothing is known.
   *
   * @param inUserCode whether a line of the user's code is known
   */
  static String on(List<Throwable> chain, boolean inUserCode) {
    for (Throwable failure : chain) {
      for (Row row : ROWS) {
        if (row.isAbout(failure)) {
          return row.cure();
        }
      }
    }
    return chain.get(0) instanceof ClassCastException && !inUserCode ? WRONG_TYPE : "";
  }

  private static String message(Throwable failure) {
    try {
      return String.valueOf(failure.getMessage());
    } catch (RuntimeException e) {
      return "";
    }
  }
}

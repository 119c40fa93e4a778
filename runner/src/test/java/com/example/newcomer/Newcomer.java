package com.example.newcomer;

import java.util.List;
import java.util.stream.Stream;

/** The newcomer's program, as the command runs it. */
public final class Newcomer {
  private static volatile Mistake mistake;

  private Newcomer() {}

  /** All mistakes that are made in a pipeline or in its options. */
  public static Stream<Mistake> mistakes() {
    return Stream.of(
            FunctionMistakes.all(),
            ModelMistakes.all(),
            SideInputMistakes.all(),
            OptionMistakes.all(),
            StorageMistakes.all())
        .flatMap(List::stream);
  }

  /** Has the program make this mistake from now on. */
  public static void make(Mistake next) {
    mistake = next;
  }

  /** Makes it. */
  public static void main(String[] args) {
    mistake.run(List.of(args));
  }
}

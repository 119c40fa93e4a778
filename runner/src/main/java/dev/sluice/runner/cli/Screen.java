package dev.sluice.runner.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;

/**
 * Where a command shows its progress: a few lines redrawn in place on a terminal, plain lines in a
 * pipe or a file.
 *
 * <p>Used by one thread. On a terminal the lines of the last {@link #show} are always the lowest on
 * the screen; what {@link #print} writes goes above them.
 */
public final class Screen implements AutoCloseable {
  private final PrintWriter out;
  private final Terminal terminal; // null: not a terminal
  private Display display; // null: nothing is shown in place
  private List<AttributedString> shown = List.of();

  private Screen(PrintWriter out, Terminal terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A screen of plain lines. */
  public static Screen plain(PrintWriter out) {
    return new Screen(out, null);
  }

  /** The screen of this process: redrawn in place if standard output is a terminal. */
  public static Screen ofProcess() {
    PrintWriter plain =
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    try {
      // The "exec" provider asks stty and needs no native library, which would leave a file behind
      // when this process is killed.
      Terminal terminal = TerminalBuilder.builder().provider("exec").dumb(true).build();
      if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
        terminal.close();
        return plain(plain);
      }
      return new Screen(terminal.writer(), terminal);
    } catch (IOException | RuntimeException e) {
      return plain(plain);
    }
  }

  /** Whether {@link #show} redraws in place. */
  public boolean redraws() {
    return terminal != null;
  }

  /** Replaces the lines shown in place; in a pipe, prints them. Lines may carry ANSI colours. */
  public void show(List<String> lines) {
    if (terminal == null) {
      lines.forEach(line -> out.println(AttributedString.stripAnsi(line)));
      out.flush();
      return;
    }
    if (display == null) {
      display = new Display(terminal, false);
    }
    int columns = Math.max(20, terminal.getWidth());
    int rows = Math.max(5, terminal.getHeight());
    display.resize(rows, columns);
    shown =
        lines.stream()
            .limit(rows - 1)
            .map(line -> AttributedString.fromAnsi(line).columnSubSequence(0, columns - 1))
            .toList();
    display.update(shown, -1);
    terminal.flush();
  }

  /** Prints a line that stays. */
  public void print(String line) {
    List<AttributedString> below = shown;
    clear();
    out.println(line);
    out.flush();
    if (!below.isEmpty()) {
      display.update(below, -1);
      shown = below;
      terminal.flush();
    }
  }

  /** Leaves the lines shown in place where they are; what is printed next goes below them. */
  public void keep() {
    if (!shown.isEmpty()) {
      out.println();
      out.flush();
      display.reset();
      shown = List.of();
    }
  }

  /** Takes away the lines shown in place. */
  public void clear() {
    if (!shown.isEmpty()) {
      display.update(List.of(), 0);
      display.reset();
      shown = List.of();
      terminal.flush();
    }
  }

  @Override
  public void close() {
    keep();
    out.flush();
    if (terminal != null) {
      try {
        terminal.close();
      } catch (IOException e) {
        // The terminal is gone: nobody is left to tell.
        display = null;
      }
    }
  }
}

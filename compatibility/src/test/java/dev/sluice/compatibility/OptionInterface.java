package dev.sluice.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One option interface of another runner as {@code option-interfaces.txt} describes it.
 *
 * @param runner whose it is
 * @param name its full name
 * @param parents interfaces of Beam's SDK that it extends
 * @param options what it declares
 */
record OptionInterface(String runner, String name, List<String> parents, List<Option> options) {
  private static final Pattern HEAD = Pattern.compile("(\\w+): ([\\w.]+)(?: extends (.+))?");
  private static final Pattern OPTION = Pattern.compile("  (.+?) ((?:get|is)\\w+)(?: (@.*))?");

  /**
   * One option.
   *
   * @param type of the getter, as Java writes it
   * @param getter its name
   * @param annotations those that Beam compares, as Java writes them
   */
  record Option(String type, String getter, String annotations) {
    private String source() {
      String property = getter.substring(getter.startsWith("is") ? 2 : 3);
      String factory = "@Default.InstanceFactory(TheirFactory.class)";
      return "  %s %s %s();%n  void set%s(%s value);%n"
          .formatted(
              annotations.replace("@Default.InstanceFactory", factory),
              type,
              getter,
              property,
              type);
    }
  }

  /** All that the file describes. */
  static List<OptionInterface> all() throws IOException {
    List<OptionInterface> all = new ArrayList<>();
    for (String line : lines()) {
      Matcher head = HEAD.matcher(line);
      Matcher option = OPTION.matcher(line);
      if (head.matches()) {
        all.add(
            new OptionInterface(head.group(1), head.group(2), parents(head), new ArrayList<>()));
      } else if (option.matches()) {
        String annotations = option.group(3) == null ? "" : option.group(3);
        all.get(all.size() - 1)
            .options()
            .add(new Option(option.group(1), option.group(2), annotations));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IllegalStateException("not a line of option-interfaces.txt: " + line);
      }
    }
    return all;
  }

  private static List<String> lines() throws IOException {
    try (InputStream file = OptionInterface.class.getResourceAsStream("option-interfaces.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static List<String> parents(Matcher head) {
    return head.group(3) == null
        ? List.of("PipelineOptions")
        : List.of(head.group(3).split(", ", -1));
  }

  String simpleName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The interface in Java. */
  String source() {
    StringBuilder source =
        new StringBuilder("package " + name.substring(0, name.lastIndexOf('.')) + ";\n");
    source.append("import com.fasterxml.jackson.annotation.JsonIgnore;\n");
    source.append("import java.util.*;\n");
    source.append("import org.apache.beam.sdk.options.*;\n");
    source
        .append("public interface " + simpleName())
        .append(" extends " + String.join(", ", parents) + " {\n");
    options.forEach(option -> source.append(option.source()));
    return source
        .append("  class TheirFactory implements DefaultValueFactory<Object> {\n")
        .append("    public Object create(PipelineOptions options) { return null; }\n")
        .append("  }\n}\n")
        .toString();
  }
}

package dev.sluice.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.sluice.runner.SluiceRunner;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/**
 * Option interfaces that were compiled from their description, in a class loader of their own below
 * the one of the test. Used and closed by one test.
 */
final class CompiledOptions implements AutoCloseable {
  private final URLClassLoader loader;
  private final List<Class<? extends PipelineOptions>> interfaces = new ArrayList<>();

  CompiledOptions(List<OptionInterface> descriptions, Path folder)
      throws IOException, ClassNotFoundException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-proc:none", "-d", folder.toString(), "-classpath", classPath()),
                null,
                descriptions.stream().map(CompiledOptions::file).toList())
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
    loader = new FewerRegistrars(folder.toUri().toURL(), CompiledOptions.class.getClassLoader());
    for (OptionInterface described : descriptions) {
      interfaces.add(
          Class.forName(described.name(), true, loader).asSubclass(PipelineOptions.class));
    }
  }

  /**
   * Finds the registrars of Beam's SDK and of Sluice only: Beam compares each option interface with
   * all others again for each that is added, which takes seconds with those of Google Cloud.
   */
  private static final class FewerRegistrars extends URLClassLoader {
    private FewerRegistrars(URL folder, ClassLoader parent) {
      super(new URL[] {folder}, parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      List<URL> all = Collections.list(super.getResources(name));
      if (name.equals("META-INF/services/" + PipelineOptionsRegistrar.class.getName())) {
        all.removeIf(
            url ->
                Stream.of(PipelineOptions.class, SluiceRunner.class)
                    .noneMatch(type -> url.getPath().contains(placeOf(type))));
      }
      return Collections.enumeration(all);
    }
  }

  private static JavaFileObject file(OptionInterface described) {
    URI name = URI.create("string:///" + described.name().replace('.', '/') + ".java");
    return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return described.source();
      }
    };
  }

  private static String classPath() {
    return placeOf(PipelineOptions.class)
        + System.getProperty("path.separator")
        + placeOf(JsonIgnore.class);
  }

  private static String placeOf(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  ClassLoader loader() {
    return loader;
  }

  List<Class<? extends PipelineOptions>> interfaces() {
    return interfaces;
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}

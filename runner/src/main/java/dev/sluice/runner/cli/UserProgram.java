package dev.sluice.runner.cli;

import dev.sluice.runner.FailureMessage;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * A user's own program: jars and the class in them whose {@code main} builds and runs a pipeline.
 *
 * <p>It is loaded by a class loader of its own, whose parent holds Sluice and Beam's SDK and
 * nothing else, so the program's libraries meet no others. The thread that calls {@link #main}
 * keeps this class loader as its context: Beam looks there for runners, options and file systems,
 * and threads that the program starts inherit it. Therefore a process runs one program.
 */
record UserProgram(ClassPath jars, String mainClass) {
  /** The name of its class loader, as stack traces show it. */
  static final String LOADER_NAME = "user program";

  /**
   * Names the program on the command line.
   *
   * @param classPath jars and folders, separated as in a class path
   */
  static UserProgram of(String classPath, String mainClass) {
    ClassPath jars = ClassPath.parse(classPath);
    for (Path jar : jars.entries()) {
      if (!Files.exists(jar)) {
        throw new UserError("--jar=" + classPath + ": there is no file " + jar.toAbsolutePath());
      }
      if (!Files.isReadable(jar)) {
        throw new UserError(
            "--jar=" + classPath + ": " + jar.toAbsolutePath() + " is not readable");
      }
      if (Files.isRegularFile(jar)) {
        checkJar(classPath, jar);
      }
    }
    return new UserProgram(jars, mainClass);
  }

  /** A class loader silently skips what it cannot open. */
  private static void checkJar(String classPath, Path jar) {
    try (JarFile opened = new JarFile(jar.toFile())) {
      if (opened.size() == 0) {
        throw new UserError("--jar=" + classPath + ": " + jar.toAbsolutePath() + " is empty");
      }
    } catch (IOException e) {
      throw new UserError(
          "--jar=%s: %s is not a jar, or only a part of one: %s"
              .formatted(classPath, jar.toAbsolutePath(), e.getMessage()),
          e);
    }
  }

  /** Calls the program's {@code main} in this thread; what it throws comes out as it is. */
  void main(PipelineArguments arguments) throws Exception {
    ClassLoader loader = jars.loader(LOADER_NAME, UserProgram.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Method main = findMain(loader);
    try {
      main.invoke(null, (Object) arguments.values().toArray(String[]::new));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException bad) {
        UserError blamed = arguments.blamed(bad);
        if (blamed != null) {
          throw blamed;
        }
      }
      if (e.getCause() instanceof Exception exception) {
        throw exception;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  private Method findMain(ClassLoader loader) {
    Method main;
    try {
      main = Class.forName(mainClass, false, loader).getMethod("main", String[].class);
    } catch (ClassNotFoundException e) {
      throw new UserError(
          "--class=%s: no such class in %s; give its full name, with the package"
              .formatted(mainClass, jars),
          e);
    } catch (NoSuchMethodException e) {
      throw new UserError(
          "--class=" + mainClass + ": the class has no public static void main(String[])", e);
    } catch (LinkageError e) {
      throw new UserError(
          "--class=" + mainClass + ": the class cannot be loaded: " + FailureMessage.of(e), e);
    }
    if (!Modifier.isStatic(main.getModifiers())) {
      throw new UserError("--class=" + mainClass + ": its main(String[]) is not static");
    }
    main.setAccessible(true); // its class need not be public, as for the java command
    return main;
  }
}

package dev.sluice.runner.steps;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Loads Sluice anew, with a call of {@link StepCounter} at the beginning of each method, before
 * each jump back and before each search of a list. Tests are loaded as they are.
 */
final class CountingLoader extends ClassLoader {
  private static final String COUNTER = Type.getInternalName(StepCounter.class);
  private static final Set<String> SEARCHES = Set.of("contains", "indexOf", "remove");

  private final String tests;

  CountingLoader(Class<?> aTest) {
    super(aTest.getClassLoader());
    tests = aTest.getProtectionDomain().getCodeSource().getLocation().toString();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.sluice.") || name.equals(StepCounter.class.getName())) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known == null ? define(name) : known;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    URL file = getResource(name.replace('.', '/') + ".class");
    if (file == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream in = file.openStream()) {
      byte[] written = in.readAllBytes();
      byte[] loaded = file.toString().startsWith(tests) ? written : counting(written);
      return defineClass(name, loaded, 0, loaded.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static byte[] counting(byte[] written) {
    ClassReader reader = new ClassReader(written);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String type, String signature, String[] exceptions) {
            return new Counting(super.visitMethod(access, name, type, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  /** One method. */
  private static final class Counting extends MethodVisitor {
    private final Set<Label> passed = new HashSet<>();

    Counting(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      step();
    }

    private void step() {
      super.visitMethodInsn(Opcodes.INVOKESTATIC, COUNTER, "step", "()V", false);
    }

    @Override
    public void visitLabel(Label label) {
      passed.add(label);
      super.visitLabel(label);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
      if (passed.contains(label)) {
        step();
      }
      super.visitJumpInsn(opcode, label);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String type, boolean isInterface) {
      if (owner.startsWith("java/util/")
          && SEARCHES.contains(name)
          && type.startsWith("(Ljava/lang/Object;)")) {
        super.visitInsn(Opcodes.DUP2);
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            COUNTER,
            "search",
            "(Ljava/lang/Object;Ljava/lang/Object;)V",
            false);
      }
      super.visitMethodInsn(opcode, owner, name, type, isInterface);
    }
  }
}

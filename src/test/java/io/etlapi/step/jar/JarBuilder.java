package io.etlapi.step.jar;

import io.etlapi.step.Step;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Compiles sources and packs them into a jar, as an operator would. */
public final class JarBuilder {

  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> providers = new ArrayList<>();
  private final List<String> without = new ArrayList<>();

  /** Adds a class by its full name. */
  public JarBuilder source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** Names a class as a step. */
  public JarBuilder provider(String className) {
    providers.add(className);
    return this;
  }

  /** Leaves the class file of a class out of the jar. */
  public JarBuilder without(String className) {
    without.add(className);
    return this;
  }

  /** Writes the jar. */
  public Path build(Path work, Path jar) throws IOException {
    Path classes = Files.createDirectories(work.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(
            List.of("-proc:none", "--release", "17", "-cp", classPath(), "-d", classes.toString()));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler.run(null, null, null, arguments.toArray(new String[0])) != 0) {
      throw new AssertionError("the sources do not compile");
    }
    pack(classes, jar);
    return jar;
  }

  /** What a step is compiled against: the classes of the server, and the annotations in them. */
  private static String classPath() {
    return Stream.of(Step.class, NullMarked.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(location -> Path.of(location.getPath()).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out);
        Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = classes.relativize(file).toString();
        if (without.stream().noneMatch(left -> name.equals(left.replace('.', '/') + ".class"))) {
          packed.putNextEntry(new JarEntry(name));
          packed.write(Files.readAllBytes(file));
        }
      }
      if (!providers.isEmpty()) {
        packed.putNextEntry(new JarEntry("META-INF/services/" + Step.class.getName()));
        packed.write(String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}

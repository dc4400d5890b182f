package io.etlapi.step.jar;

import io.etlapi.step.Step;
import io.etlapi.step.parameters.ParameterRules;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Loads jars of steps. Each is copied first and loaded from its copy by a class loader of its own:
 * a jar may be replaced while tasks still run what was in it. A loader goes when its last task and
 * the catalogue have let go of its steps.
 */
public final class StepJars {

  private static final System.Logger LOG = System.getLogger(StepJars.class.getName());

  /** More than a jar could mean; a provider that fails over and over must not hold the start. */
  private static final int MAX_PROVIDERS = 1000;

  private final Path copies;
  private final AtomicLong counter = new AtomicLong();

  /**
   * What a jar holds.
   *
   * @param faults what could not be loaded, in sentences
   */
  public record Contents(List<Step> steps, List<String> faults) {}

  /**
   * Copies go to a folder of our own.
   *
   * @param copies emptied now: what an earlier process loaded is not in use any more
   */
  public StepJars(Path copies) {
    this.copies = copies;
    if (Files.isDirectory(copies)) {
      try (DirectoryStream<Path> old = Files.newDirectoryStream(copies, "*.jar")) {
        for (Path jar : old) {
          Files.deleteIfExists(jar);
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "old copies of step jars stay behind", e);
      }
    }
  }

  /**
   * Loads a jar.
   *
   * @throws IOException if it cannot be read
   */
  @SuppressWarnings("BanClassLoader") // the operator's own code, from the operator's own folder
  public Contents load(Path jar) throws IOException {
    List<Step> steps = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    Files.createDirectories(copies);
    Path copy = copies.resolve(counter.incrementAndGet() + "-" + jar.getFileName());
    Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
    try (ZipFile whole = new ZipFile(copy.toFile())) {
      if (whole.getEntry("META-INF/services/" + Step.class.getName()) == null) {
        faults.add("It names no step in META-INF/services/" + Step.class.getName() + ".");
      }
    } catch (ZipException e) {
      faults.add("It is not a jar: " + e.getMessage() + ".");
    }
    if (faults.isEmpty()) {
      URLClassLoader loader =
          new URLClassLoader(
              String.valueOf(jar.getFileName()),
              new URL[] {copy.toUri().toURL()},
              Step.class.getClassLoader());
      Iterator<Step> providers = ServiceLoader.load(Step.class, loader).iterator();
      for (int i = 0; i < MAX_PROVIDERS; i++) {
        try {
          if (!providers.hasNext()) {
            break;
          }
          checked(providers.next(), loader).ifPresent(steps::add);
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
          faults.add(sentence(e));
        }
      }
    }
    if (steps.isEmpty()) {
      Files.deleteIfExists(copy);
    }
    return new Contents(steps, faults);
  }

  /** Steps that the jar only sees, and the server brings, are not the jar's. */
  private static Optional<Step> checked(Step step, ClassLoader loader) {
    if (step.getClass().getClassLoader() != loader) {
      return Optional.empty();
    }
    JarStep wrapped = new JarStep(step, loader);
    try {
      ParameterRules unused = new ParameterRules(wrapped.describe());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the parameters of " + wrapped.describe().name() + " are not a JSON Schema", e);
    }
    return Optional.of(wrapped);
  }

  private static String sentence(Throwable thrown) {
    Throwable cause = thrown.getCause();
    String message = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    return "A step in it cannot be loaded: "
        + (cause == null || cause.getMessage() == null
            ? message
            : message + " (" + cause.getClass().getSimpleName() + ": " + cause.getMessage() + ")")
        + ".";
  }
}

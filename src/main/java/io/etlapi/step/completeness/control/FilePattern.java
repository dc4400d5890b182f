package io.etlapi.step.completeness.control;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A path pattern below a root folder. {@code {run_date:PATTERN}} stands for the run date in a
 * java.time pattern; {@code *} stands for any characters of a name and {@code ?} for one, within
 * one folder. A name that begins with a dot is found only by a pattern that begins with one.
 */
public final class FilePattern {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{run_date:([^{}]*)}");
  private static final LocalDate ANY_DATE = LocalDate.of(2024, 12, 31);
  private static final int MAX_MATCHES = 10_000;

  private final String text;

  private FilePattern(String text) {
    this.text = text;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with a sentence for its author if it could leave the root
   *     folder or names something else than the run date in braces
   */
  public static FilePattern of(String text) {
    FilePattern pattern = new FilePattern(text);
    pattern.segments(ANY_DATE);
    return pattern;
  }

  /** As its author wrote it. */
  public String text() {
    return text;
  }

  public boolean dependsOnRunDate() {
    return PLACEHOLDER.matcher(text).find();
  }

  public boolean hasWildcards() {
    return isWild(text);
  }

  /** The pattern for one run date, with its wildcards. */
  public String forDate(LocalDate runDate) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(format(runDate, found.group(1))));
  }

  /**
   * The regular files that match, by path relative to {@code root}, in the order of their names.
   *
   * @throws IOException if a folder cannot be read
   */
  public List<Path> find(Path root, LocalDate runDate) throws IOException {
    List<Path> found = List.of(root);
    List<String> segments = segments(runDate);
    for (int i = 0; i < segments.size(); i++) {
      boolean last = i == segments.size() - 1;
      List<Path> next = new ArrayList<>();
      for (Path folder : found) {
        next.addAll(children(folder, segments.get(i), last));
      }
      if (next.size() > MAX_MATCHES) {
        throw new IOException("more than " + MAX_MATCHES + " files match");
      }
      found = next;
    }
    return found.stream().map(root::relativize).sorted().toList();
  }

  /** The names in the last folder that exists on the way to the pattern's files; at most five. */
  public List<String> nearby(Path root, LocalDate runDate) throws IOException {
    Path folder = root;
    List<String> segments = segments(runDate);
    for (String segment : segments.subList(0, segments.size() - 1)) {
      Path next = folder.resolve(segment);
      if (isWild(segment) || !Files.isDirectory(next)) {
        break;
      }
      folder = next;
    }
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .map(child -> child.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .limit(5)
          .toList();
    }
  }

  private static List<Path> children(Path folder, String segment, boolean last) throws IOException {
    List<Path> children = new ArrayList<>();
    if (!isWild(segment)) {
      Path child = folder.resolve(segment);
      if (last ? Files.isRegularFile(child) : Files.isDirectory(child)) {
        children.add(child);
      }
      return children;
    }
    if (!Files.isDirectory(folder)) {
      return children;
    }
    Pattern names = names(segment);
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
      for (Path child : listing) {
        String name = child.getFileName().toString();
        if (names.matcher(name).matches()
            && (!name.startsWith(".") || segment.startsWith("."))
            && (last ? Files.isRegularFile(child) : Files.isDirectory(child))) {
          children.add(child);
        }
      }
    }
    return children;
  }

  private static boolean isWild(String segment) {
    return segment.indexOf('*') >= 0 || segment.indexOf('?') >= 0;
  }

  /** A run of stars is one star: it means the same and cannot make the match backtrack. */
  private static Pattern names(String segment) {
    StringBuilder regex = new StringBuilder();
    segment
        .replaceAll("\\*+", "*")
        .codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(character)));
              }
            });
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private List<String> segments(LocalDate runDate) {
    String path = forDate(runDate);
    if (path.isBlank()) {
      throw new IllegalArgumentException("the path is empty");
    }
    if (path.indexOf('{') >= 0 || path.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "found '"
              + text
              + "'; allowed in braces: {run_date:PATTERN}, such as {run_date:yyyyMMdd}");
    }
    if (path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0) {
      throw new IllegalArgumentException(
          "found '" + text + "'; folders are separated by /, and neither \\ nor NUL may occur");
    }
    if (path.startsWith("/") || path.matches("[A-Za-z]:.*") || path.contains("://")) {
      throw new IllegalArgumentException(
          "found '" + text + "'; allowed: a path relative to rootFileDir");
    }
    List<String> segments = List.of(path.split("/", -1));
    for (String segment : segments) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "found '" + text + "'; a path may hold no empty part, no '.' and no '..'");
      }
      if (segment.chars().filter(c -> c == '*').count() > 5) {
        throw new IllegalArgumentException(
            "found '" + text + "'; at most five * in one part of the path");
      }
    }
    return segments;
  }

  private String format(LocalDate date, String pattern) {
    try {
      return date.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException(
          "found '{run_date:"
              + pattern
              + "}'; allowed: a java.time pattern of a date, such as {run_date:yyyyMMdd}",
          e);
    }
  }
}

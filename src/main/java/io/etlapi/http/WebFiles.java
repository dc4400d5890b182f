package io.etlapi.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The static files of the application: the console and the description of the interface. They are
 * few, small and never change while deployed, so they are kept in memory once read. Thread-safe.
 */
@ApplicationScoped
public class WebFiles {

  /** What may be served, and as what; a file of any other kind does not exist for clients. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html;charset=UTF-8"),
          Map.entry("js", "text/javascript;charset=UTF-8"),
          Map.entry("mjs", "text/javascript;charset=UTF-8"),
          Map.entry("css", "text/css;charset=UTF-8"),
          Map.entry("json", "application/json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("webp", "image/webp"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain;charset=UTF-8"),
          Map.entry("webmanifest", "application/manifest+json"));

  /** Segments of letters, digits, hyphens, underscores and inner dots: no {@code ..}. */
  private static final Pattern PATH =
      Pattern.compile("(?:[A-Za-z0-9_@-][A-Za-z0-9._@-]*/)*[A-Za-z0-9_@-][A-Za-z0-9._@-]*");

  private static final Set<String> HIDDEN = Set.of("web-inf", "meta-inf");

  private final Map<String, WebFile> read = new ConcurrentHashMap<>();
  private @Nullable ServletContext context;

  /** A file as it is served; nobody changes its content. */
  static final class WebFile {

    private final byte[] content;
    private final String type;
    private final String etag;
    private final byte[] gzipped;

    WebFile(byte[] content, String type) {
      this.content = content;
      this.type = type;
      this.etag = sha256(content);
      this.gzipped = gzip(content);
    }

    byte[] content() {
      return content;
    }

    /** The media type. */
    String type() {
      return type;
    }

    /** SHA-256 of the content, hexadecimal. */
    String etag() {
      return etag;
    }

    /** The content as gzip, where that saves anything; by hand, as not every server does it. */
    Optional<byte[]> gzipped() {
      return gzipped.length < content.length ? Optional.of(gzipped) : Optional.empty();
    }
  }

  /** For the container's proxy. */
  protected WebFiles() {}

  @Inject
  public WebFiles(ServletContext context) {
    this.context = context;
  }

  /**
   * A file by its path below the context root, such as {@code js/tasks.js}. Folders, hidden files
   * and what is not of a known kind are not found.
   */
  Optional<WebFile> find(String path) {
    WebFile known = read.get(path);
    if (known != null) {
      return Optional.of(known);
    }
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    if (type == null || !PATH.matcher(path).matches() || isHidden(path)) {
      return Optional.empty();
    }
    Optional<WebFile> file = content(path).map(content -> new WebFile(content, type));
    file.ifPresent(found -> read.put(path, found));
    return file;
  }

  private Optional<byte[]> content(String path) {
    if (context == null) {
      return Optional.empty();
    }
    // A folder may have a name like a file's, and some containers list it when it is opened.
    // Open Liberty lists a file as if it lay below itself.
    String folder = "/" + path + "/";
    Set<String> below = context.getResourcePaths(folder);
    if (below != null
        && below.stream().anyMatch(name -> name.startsWith(folder) && !name.equals(folder))) {
      return Optional.empty();
    }
    try (InputStream in = context.getResourceAsStream("/" + path)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isHidden(String path) {
    return HIDDEN.contains(path.split("/", 2)[0].toLowerCase(Locale.ROOT));
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

package io.etlapi.it.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where one server lives and what it is told.
 *
 * @param folder all that the server writes, but for the storage
 * @param port of HTTP
 * @param adminPort of the server's own administration, where it has one
 * @param contextRoot begins with a slash, unescaped
 * @param settings by key, as the README lists them
 */
record ServerSite(
    Path folder, int port, int adminPort, String contextRoot, Map<String, String> settings) {

  /** Without a slash at the end, whatever the context root. */
  URI uri() {
    return uri(contextRoot);
  }

  /** The address of another context root on the same server. */
  URI uri(String root) {
    return URI.create("http://127.0.0.1:" + port + (root.equals("/") ? "" : escaped(root)));
  }

  private static String escaped(String path) {
    return URI.create("http://h").resolve(rawPath(path)).getRawPath();
  }

  private static URI rawPath(String path) {
    try {
      return new URI(null, null, path, null);
    } catch (java.net.URISyntaxException e) {
      throw new IllegalArgumentException(path, e);
    }
  }
}

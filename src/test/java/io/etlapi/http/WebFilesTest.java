package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebFilesTest {

  private final WebFiles files =
      new WebFiles(
          context(
              Map.of(
                  "/index.html", "<!doctype html>",
                  "/js/app.js", "export {}",
                  "/style.css", "a { color: red }\n".repeat(50),
                  "/openapi.json", "{}",
                  "/WEB-INF/web.xml", "<web-app/>",
                  "/WEB-INF/secret.json", "{}",
                  "/META-INF/secret.json", "{}",
                  "/.hidden.json", "{}",
                  "/page.jsp", "<% %>",
                  "/folder.js/inner.js", "export {}")));

  @ParameterizedTest
  @CsvSource({
    "index.html,text/html;charset=UTF-8",
    "js/app.js,text/javascript;charset=UTF-8",
    "openapi.json,application/json"
  })
  void aFileIsServedAsWhatItIs(String path, String type) {
    assertEquals(type, files.find(path).orElseThrow().type());
  }

  @Test
  void theContentIsTheFiles() {
    assertArrayEquals(
        "export {}".getBytes(StandardCharsets.UTF_8),
        files.find("js/app.js").orElseThrow().content());
  }

  @Test
  void whatGzipMakesSmallerIsKeptAsGzipToo() throws IOException {
    assertTrue(files.find("js/app.js").orElseThrow().gzipped().isEmpty(), "nothing to save");
    byte[] packed = files.find("style.css").orElseThrow().gzipped().orElseThrow();
    assertArrayEquals(
        "a { color: red }\n".repeat(50).getBytes(StandardCharsets.UTF_8),
        new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
  }

  @Test
  void theTagFollowsTheContent() {
    String tag = files.find("js/app.js").orElseThrow().etag();
    assertEquals(tag, files.find("js/app.js").orElseThrow().etag());
    assertEquals(tag, files.find("folder.js/inner.js").orElseThrow().etag());
    assertNotEquals(tag, files.find("index.html").orElseThrow().etag());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/index.html",
        "missing.html",
        "js",
        "js/",
        "folder.js",
        "page.jsp",
        ".hidden.json",
        "WEB-INF/web.xml",
        "WEB-INF/secret.json",
        "web-inf/secret.json",
        "META-INF/secret.json",
        "js/../WEB-INF/secret.json",
        "js/./app.js",
        "js//app.js",
        "./index.html",
        "..\\index.html",
        "js/app.js\u0000.html",
        "index.html ",
        "index.html/"
      })
  void everythingElseIsNotThere(String path) {
    assertTrue(files.find(path).isEmpty());
  }

  /** A web application with these files, which hands out anything that is asked for by name. */
  private static ServletContext context(Map<String, String> content) {
    return (ServletContext)
        Proxy.newProxyInstance(
            WebFilesTest.class.getClassLoader(),
            new Class<?>[] {ServletContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getResourcePaths" -> below(content, (String) arguments[0]);
                  case "getResourceAsStream" -> open(content, (String) arguments[0]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Set<String> below(Map<String, String> content, String folder) {
    Set<String> below = new TreeSet<>(content.keySet());
    below.removeIf(path -> !path.startsWith(folder));
    return below;
  }

  private static @Nullable InputStream open(Map<String, String> content, String path) {
    // As lenient as the worst of containers: dots, cases and empty segments all lead somewhere.
    String plain = path.replace("/./", "/").replace("//", "/").replace("js/../", "");
    for (Map.Entry<String, String> file : content.entrySet()) {
      if (file.getKey().equalsIgnoreCase(plain) || file.getKey().startsWith(plain + "/")) {
        return new ByteArrayInputStream(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return null;
  }
}

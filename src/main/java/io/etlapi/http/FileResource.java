package io.etlapi.http;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** One static file; found by {@link RootResource}. */
public class FileResource {

  /** Named, and not refused with {@code q=0}. */
  private static final Pattern GZIP =
      Pattern.compile("(?:^|,)\\s*gzip\\s*(?:,|$|;\\s*q\\s*=\\s*(?!0(?:\\.0*)?\\s*(?:,|$)))");

  private final WebFiles.WebFile file;

  FileResource(WebFiles.WebFile file) {
    this.file = file;
  }

  /** The file, or 304 if the client has it. */
  @GET
  public Response get(
      @Context HttpHeaders headers,
      @Context Request request,
      @Context HttpServletResponse servletResponse) {
    return respond(file, headers, request, servletResponse);
  }

  static Response respond(
      WebFiles.WebFile file,
      HttpHeaders headers,
      Request request,
      HttpServletResponse servletResponse) {
    // Set there and not on the response that is returned: a runtime may add to what a filter has
    // set, and two policies would both hold.
    BrowserPolicy.applyToFile(servletResponse);
    servletResponse.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    Optional<byte[]> gzipped = takesGzip(headers) ? file.gzipped() : Optional.empty();
    EntityTag tag = new EntityTag(gzipped.isPresent() ? file.etag() + "-gzip" : file.etag());
    Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
    if (unchanged != null) {
      return unchanged.tag(tag).build();
    }
    Response.ResponseBuilder found =
        Response.ok(gzipped.orElse(file.content())).type(file.type()).tag(tag);
    gzipped.ifPresent(packed -> found.header(HttpHeaders.CONTENT_ENCODING, "gzip"));
    return found.build();
  }

  private static boolean takesGzip(HttpHeaders headers) {
    List<String> accepted = headers.getRequestHeader(HttpHeaders.ACCEPT_ENCODING);
    return accepted != null
        && accepted.stream().anyMatch(value -> GZIP.matcher(value.toLowerCase(Locale.ROOT)).find());
  }
}

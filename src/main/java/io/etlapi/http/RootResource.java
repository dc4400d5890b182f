package io.etlapi.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** The context root: who is there, and for browsers the console with its files. */
@ApplicationScoped
@Path("/")
public class RootResource {

  private static final String ARCHITECTURE =
      "Jakarta EE 10: JAX-RS in front, EJB task manager with a bounded queue, one JSON file per"
          + " task, DuckDB as engine";

  @Inject WebFiles files;
  @Inject BuildVersion version;

  /** Says who is there; a browser gets the console instead. */
  @GET
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_HTML})
  public Response root(
      @Context HttpHeaders headers,
      @Context Request request,
      @Context HttpServletResponse servletResponse) {
    // On the servlet's response, which has another Vary already that must not be lost.
    servletResponse.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    if (prefersHtml(headers)) {
      Optional<WebFiles.WebFile> console = files.find("index.html");
      if (console.isPresent()) {
        return FileResource.respond(console.get(), headers, request, servletResponse);
      }
    }
    return Response.ok(new ServiceView("ETL API is running", version.text(), ARCHITECTURE))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }

  /**
   * A static file. A locator rather than a method: where there is no file, every method gets 404
   * and not 405.
   */
  @Path("{file: .+}")
  public FileResource file(@PathParam("file") String file) {
    return files.find(file).map(FileResource::new).orElseThrow(NotFoundException::new);
  }

  /** Whether HTML is named before JSON; the types are sorted by preference. */
  private static boolean prefersHtml(HttpHeaders headers) {
    for (MediaType type : headers.getAcceptableMediaTypes()) {
      if (type.isWildcardType() || type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
        return false;
      }
      if (type.isCompatible(MediaType.TEXT_HTML_TYPE)) {
        return true;
      }
    }
    return false;
  }
}

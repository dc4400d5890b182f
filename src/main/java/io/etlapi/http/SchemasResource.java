package io.etlapi.http;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/** The JSON Schemas of the documents that users write. */
@ApplicationScoped
@Path("schemas")
@Produces(MediaType.APPLICATION_JSON)
public class SchemasResource {

  private static final String SUFFIX = ".schema.json";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  /** One schema, by its name or its file name. */
  @GET
  @Path("{name}")
  public Response schema(@PathParam("name") String name) throws IOException {
    String stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    if (NAME.matcher(stem).matches()) {
      try (InputStream schema =
          SchemasResource.class.getResourceAsStream("/schemas/" + stem + SUFFIX)) {
        if (schema != null) {
          return Response.ok(schema.readAllBytes(), MediaType.APPLICATION_JSON_TYPE).build();
        }
      }
    }
    throw new TaskException(
        Reason.NOT_FOUND,
        "There is no schema '"
            + ObjectReader.clip(name)
            + "'; the document of a completeness control has completeness-control"
            + SUFFIX
            + ".");
  }
}

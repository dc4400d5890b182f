package io.etlapi.http;

import io.etlapi.execution.ControlDesk;
import io.etlapi.json.Json;
import io.etlapi.step.completeness.ledger.BreakAction;
import io.etlapi.step.completeness.ledger.BreaksQuery;
import io.etlapi.step.completeness.ledger.LedgerQueries;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ledgers of the controls, as of any run date, and what people decide about breaks. */
@ApplicationScoped
@Path("controls")
@Produces(MediaType.APPLICATION_JSON)
public class ControlsResource {

  @Inject ControlDesk desk;
  @Inject JsonBody json;

  /** All controls by name. */
  @GET
  public Response controls() {
    return ok(desk.controls());
  }

  /** One control. */
  @GET
  @Path("{id}")
  public Response control(@PathParam("id") String id) {
    return ok(desk.control(id));
  }

  /** Its run dates, newest first. */
  @GET
  @Path("{id}/runs")
  public Response runs(@PathParam("id") String id) {
    return ok(desk.runs(id));
  }

  /** The proof of one run date. */
  @GET
  @Path("{id}/runs/{run_date}/proof")
  public Response proof(@PathParam("id") String id, @PathParam("run_date") String runDate) {
    return ok(desk.proof(id, BreakPages.runDate(runDate).orElseThrow(NotFoundException::new)));
  }

  /** A page of breaks, oldest first; the header {@code Link} leads to the next page. */
  @GET
  @Path("{id}/breaks")
  public Response breaks(@PathParam("id") String id, @Context UriInfo uri) {
    MultivaluedMap<String, String> asked = uri.getQueryParameters();
    BreaksQuery query =
        BreaksQuery.of(
            asked.getFirst("run_date"),
            asked.getFirst("status"),
            asked.getFirst("category"),
            asked.getFirst("age_min"),
            asked.getFirst("limit"),
            asked.getFirst("cursor"));
    LedgerQueries.Page page = desk.breaks(id, query);
    Response.ResponseBuilder response =
        Response.ok(Json.write(page.toJson()), MediaType.APPLICATION_JSON_TYPE);
    page.next()
        .ifPresent(
            cursor ->
                response.header(
                    HttpHeaders.LINK,
                    "<"
                        + BreakPages.next(
                            uri.getAbsolutePath().toASCIIString(),
                            asked,
                            page.run(),
                            cursor.toString())
                        + ">; rel=\"next\""));
    return response.build();
  }

  /** One break, with its history and what people did about it. */
  @GET
  @Path("{id}/breaks/{break_id}")
  public Response find(
      @PathParam("id") String id,
      @PathParam("break_id") String breakId,
      @QueryParam("run_date") @Nullable String runDate) {
    return ok(desk.find(id, breakId, BreakPages.runDate(runDate)));
  }

  /** Why its rows did not match. */
  @GET
  @Path("{id}/breaks/{break_id}/explanation")
  public Response explanation(
      @PathParam("id") String id,
      @PathParam("break_id") String breakId,
      @QueryParam("run_date") @Nullable String runDate) {
    return ok(desk.explanation(id, breakId, BreakPages.runDate(runDate)));
  }

  /** Records an owner, a comment, a write-off or a closing; durable before the answer. */
  @POST
  @Path("{id}/breaks/{break_id}/actions")
  public Response act(
      @PathParam("id") String id,
      @PathParam("break_id") String breakId,
      @Context HttpHeaders headers,
      @Context SecurityContext security,
      InputStream body)
      throws IOException {
    Map<String, @Nullable Object> sent =
        new LinkedHashMap<>(json.read(body, headers.getMediaType()));
    Principal principal = security.getUserPrincipal();
    if (principal != null) {
      // Who signed in is who decides, whatever the body says.
      sent.put("who", principal.getName());
    }
    return Response.status(Response.Status.CREATED)
        .entity(Json.write(desk.record(id, breakId, BreakAction.Request.ofJson(sent))))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }

  private static Response ok(Object value) {
    return Response.ok(Json.write(value), MediaType.APPLICATION_JSON_TYPE).build();
  }
}

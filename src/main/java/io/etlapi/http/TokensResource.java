package io.etlapi.http;

import io.etlapi.security.Credentials;
import io.etlapi.security.Role;
import io.etlapi.security.Token;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The tokens that let callers in, for admins. */
@ApplicationScoped
@Path("tokens")
@Produces(MediaType.APPLICATION_JSON)
public class TokensResource {

  private static final int MAX_DAYS = 3650;

  @Inject Credentials credentials;
  @Inject JsonBody json;
  @Inject Clock clock;

  /** All tokens by name, role and times. */
  @GET
  public TokensView tokens() {
    return TokensView.of(credentials.tokens(), clock.instant());
  }

  /** Makes a token, which is shown this once; durable before the answer. */
  @POST
  public Response create(@Context HttpHeaders headers, InputStream body) throws IOException {
    ObjectReader reader = new ObjectReader(json.read(body, headers.getMediaType()));
    String name = reader.text("name").orElse("");
    if (!Token.NAME.matcher(name).matches()) {
      reader.fault("/name", "name must be 1 to 64 letters, digits and . _ @ -, the first no sign.");
    }
    Optional<Role> role = reader.text("role").flatMap(Role::of);
    if (role.isEmpty()) {
      reader.fault("/role", "role must be viewer, operator or admin.");
    }
    Optional<Integer> days = reader.integer("expires_in_days", 1, MAX_DAYS);
    reader.throwIfFaulty();
    Instant expires = days.map(count -> clock.instant().plus(Duration.ofDays(count))).orElse(null);
    String token = credentials.createToken(name, role.orElseThrow(), expires);
    return Response.status(Response.Status.CREATED)
        .entity(new CreatedTokenView(name, role.orElseThrow().word(), expires, token))
        .build();
  }

  /** Ends a token and the sessions that were begun with it, at once. */
  @DELETE
  @Path("{name}")
  public Response revoke(@PathParam("name") String name) {
    credentials.revokeToken(ObjectReader.clip(name));
    return Response.noContent().build();
  }
}

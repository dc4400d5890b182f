package io.etlapi.http;

import io.etlapi.security.Authentication;
import io.etlapi.security.Caller;
import io.etlapi.security.Credentials;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Who is asking, and how a browser stays known without keeping a token where scripts see it. */
@ApplicationScoped
@Path("session")
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

  @Inject Credentials credentials;
  @Inject JsonBody json;
  @Inject Clock clock;

  /** Who is asking; answers everyone who may talk to the server at all. */
  @GET
  public SessionView session(@Context HttpServletRequest request) {
    return SessionView.of(CallerRequest.caller(request), credentials.areConfigured());
  }

  /**
   * Signs a browser in: with a token in the body, or as who the header Authorization says. The
   * cookie ends with the token.
   */
  @POST
  public Response signIn(
      @Context HttpServletRequest request, @Context HttpHeaders headers, InputStream body)
      throws IOException {
    if (!credentials.areConfigured()) {
      throw new TaskException(
          Reason.WRONG_STATE,
          "Nobody has to sign in here: no credentials are configured, and only this machine is"
              + " served.");
    }
    ObjectReader reader = new ObjectReader(json.read(body, headers.getMediaType()));
    Optional<String> token = reader.text("token");
    Caller known = CallerRequest.caller(request);
    if (token.isEmpty() && known == null) {
      reader.fault("/token", "Send {\"token\": \"...\"}.");
    }
    reader.throwIfFaulty();
    Caller caller = token.map(text -> require(text, GuardFilter.client(request))).orElse(known);
    if (caller == null) {
      throw new IllegalStateException("neither a token nor a caller");
    }
    SessionCookie.of(request).ifPresent(credentials::signOut);
    Credentials.SignIn signIn = credentials.signIn(caller);
    long seconds = Duration.between(clock.instant(), signIn.expiresAt()).toSeconds();
    return Response.ok(SessionView.of(caller, true))
        .header(
            HttpHeaders.SET_COOKIE,
            SessionCookie.begin(
                signIn.session(), seconds, request.getContextPath(), GuardFilter.isHttps(request)))
        .build();
  }

  /** Signs a browser out. */
  @DELETE
  public Response signOut(@Context HttpServletRequest request) {
    SessionCookie.of(request).ifPresent(credentials::signOut);
    return Response.noContent()
        .header(
            HttpHeaders.SET_COOKIE,
            SessionCookie.end(request.getContextPath(), GuardFilter.isHttps(request)))
        .build();
  }

  private Caller require(String token, String client) {
    Authentication authentication = credentials.ofToken(token, client);
    if (authentication instanceof Authentication.Known known) {
      return known.caller();
    }
    if (authentication instanceof Authentication.Refused refused) {
      throw new TaskException(Reason.UNAUTHENTICATED, refused.detail());
    }
    throw new TaskException(Reason.TOO_MANY_FAILURES, GuardAnswers.TOO_MANY_FAILURES);
  }
}

package io.etlapi.http;

import io.etlapi.security.Caller;
import io.etlapi.security.Role;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request of a caller who is known: what asks the container for the user gets the caller. Who is
 * only known to be on this machine has no name, and the request stays as it is.
 */
public final class CallerRequest extends HttpServletRequestWrapper {

  private static final String ATTRIBUTE = "io.etlapi.caller";
  private static final String STILL_GOOD = "io.etlapi.caller.still-good";

  private final Caller caller;

  private CallerRequest(HttpServletRequest request, Caller caller) {
    super(request);
    this.caller = caller;
  }

  /** The request as the application gets it; {@link #caller} finds who sent it. */
  static HttpServletRequest of(HttpServletRequest request, Caller caller) {
    request.setAttribute(ATTRIBUTE, caller);
    return caller.kind() == Caller.Kind.LOCAL ? request : new CallerRequest(request, caller);
  }

  /** Who sent a request; null if nobody knows. */
  static @Nullable Caller caller(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Caller caller ? caller : null;
  }

  /** Says how to find out later whether the caller would be let in again. */
  static void setStillGood(ServletRequest request, BooleanSupplier stillGood) {
    request.setAttribute(STILL_GOOD, stillGood);
  }

  /**
   * Tells whether the caller of a request would be let in again: an answer without an end asks now
   * and then, because tokens expire and are revoked.
   */
  public static BooleanSupplier stillGood(ServletRequest request) {
    return request.getAttribute(STILL_GOOD) instanceof BooleanSupplier known ? known : () -> true;
  }

  @Override
  public Principal getUserPrincipal() {
    return caller::name;
  }

  @Override
  public String getRemoteUser() {
    return caller.name();
  }

  @Override
  public boolean isUserInRole(String role) {
    return Role.of(role).map(caller.role()::includes).orElse(false);
  }
}

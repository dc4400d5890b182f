package io.etlapi.security;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the table of routes lets a caller through. Whatever it does not allow is denied. */
public final class RoleCheck {

  private RoleCheck() {}

  /**
   * Why a request goes no further.
   *
   * @param allowed methods that there are; empty unless the status is 405
   */
  public record Denied(int status, String detail, Set<String> allowed) {}

  /**
   * Checks one request.
   *
   * @param match what the table has for it
   * @param caller null if nobody is known to have sent it
   */
  public static Optional<Denied> check(String method, Routes.Match match, @Nullable Caller caller) {
    Access access = match instanceof Routes.Match.Found found ? found.route().access() : null;
    if (access == Access.PUBLIC || access == Access.PROBE) {
      return Optional.empty();
    }
    if (caller == null) {
      return denied(
          401,
          "This needs a token: send it as 'Authorization: Bearer <token>', or sign in with POST"
              + " /session.");
    }
    if (access == null) {
      return unlisted(method, match, caller);
    }
    return access
        .role()
        .filter(needed -> !caller.role().includes(needed))
        .flatMap(
            needed ->
                denied(
                    403,
                    "This needs the role "
                        + needed.word()
                        + "; "
                        + caller.name()
                        + " has the role "
                        + caller.role().word()
                        + "."));
  }

  /** An admin learns from the application itself that there is nothing. */
  private static Optional<Denied> unlisted(String method, Routes.Match match, Caller caller) {
    if (caller.role() == Role.ADMIN) {
      return Optional.empty();
    }
    if (match instanceof Routes.Match.OtherMethods others) {
      return method.equals("OPTIONS")
          ? Optional.empty()
          : Optional.of(new Denied(405, "", others.allowed()));
    }
    return denied(404, "There is nothing at this path: GET /openapi.json lists what there is.");
  }

  private static Optional<Denied> denied(int status, String detail) {
    return Optional.of(new Denied(status, detail, Set.of()));
  }
}

package io.etlapi.http;

import io.etlapi.security.RealmLogin;
import io.etlapi.security.Role;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The server's own realm, asked through the servlet container on behalf of one request. */
final class ServerRealm implements RealmLogin {

  private static final System.Logger LOG = System.getLogger("io.etlapi.security");
  private static final AtomicBoolean EXPLAINED = new AtomicBoolean();

  private final HttpServletRequest request;

  ServerRealm(HttpServletRequest request) {
    this.request = request;
  }

  @Override
  public Optional<User> current() {
    Principal principal = request.getUserPrincipal();
    return principal == null ? Optional.empty() : Optional.of(user(principal));
  }

  @Override
  public Optional<User> login(String name, String password) {
    boolean hadSession = request.getSession(false) != null;
    try {
      request.login(name, password);
    } catch (ServletException | RuntimeException e) {
      if (EXPLAINED.compareAndSet(false, true)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The server's realm refused a user for the first time since the start. If it refuses"
                + " everyone, the server has no realm for this application: see"
                + " server-config/SECURITY.md for what it needs ("
                + e.getMessage()
                + ")");
      }
      return Optional.empty();
    }
    try {
      Principal principal = request.getUserPrincipal();
      return principal == null ? Optional.empty() : Optional.of(user(principal));
    } finally {
      forget(hadSession);
    }
  }

  /** The container must not keep the user by a cookie of its own, which other sites could use. */
  private void forget(boolean hadSession) {
    try {
      request.logout();
    } catch (ServletException e) {
      LOG.log(System.Logger.Level.DEBUG, "the container would not forget a user", e);
    }
    HttpSession session = hadSession ? null : request.getSession(false);
    if (session != null) {
      session.invalidate();
    }
  }

  private User user(Principal principal) {
    Optional<Role> highest = Optional.empty();
    for (Role role : Role.values()) {
      if (request.isUserInRole(role.word())) {
        highest = Optional.of(role);
      }
    }
    return new User(principal.getName(), highest);
  }
}

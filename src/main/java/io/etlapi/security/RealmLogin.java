package io.etlapi.security;

import java.util.Optional;

/** The users that the server itself knows, as far as one request can reach them. */
public interface RealmLogin {

  /** A server without a realm, or one that is not to be asked. */
  RealmLogin NONE =
      new RealmLogin() {
        @Override
        public Optional<User> current() {
          return Optional.empty();
        }

        @Override
        public Optional<User> login(String name, String password) {
          return Optional.empty();
        }
      };

  /**
   * Someone whom the server knows.
   *
   * @param role the highest of the roles that the server gives; empty if it gives none of ours
   */
  record User(String name, Optional<Role> role) {}

  /** Whom the server has let in by itself before the request came here. */
  Optional<User> current();

  /** The user of that name if the password is right. */
  Optional<User> login(String name, String password);
}

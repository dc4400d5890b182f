package io.etlapi.security;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whom a route is open to. */
public enum Access {
  /** Anyone at all, from anywhere: says nothing but a status. */
  PROBE(null),
  /**
   * Anyone who may talk to the server: everyone if credentials are configured, else this machine.
   */
  PUBLIC(null),
  /** See {@link Role#VIEWER}. */
  VIEWER(Role.VIEWER),
  /** See {@link Role#OPERATOR}. */
  OPERATOR(Role.OPERATOR),
  /** See {@link Role#ADMIN}. */
  ADMIN(Role.ADMIN);

  private final @Nullable Role role;

  Access(@Nullable Role role) {
    this.role = role;
  }

  /** The role that it takes; empty if it takes none. */
  public Optional<Role> role() {
    return Optional.ofNullable(role);
  }
}

package io.etlapi.security;

import java.util.Optional;

/**
 * The credentials that a request carries.
 *
 * @param authorization the header Authorization
 * @param session the session cookie
 * @param client address that failures are counted by
 */
public record Presented(
    Optional<String> authorization, Optional<String> session, String client, RealmLogin realm) {}

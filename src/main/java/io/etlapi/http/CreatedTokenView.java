package io.etlapi.http;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that was just made: the only time that it is shown.
 *
 * @param expiresAt null for never
 */
public record CreatedTokenView(String name, String role, @Nullable Instant expiresAt, String token)
    implements View {}

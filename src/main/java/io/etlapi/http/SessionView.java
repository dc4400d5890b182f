package io.etlapi.http;

import io.etlapi.security.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking.
 *
 * @param principal null where nobody has signed in
 * @param roles the caller's role and all that it includes
 * @param credentialsRequired whether anything needs a token here
 */
public record SessionView(
    boolean authenticated,
    @Nullable String principal,
    List<String> roles,
    boolean credentialsRequired)
    implements View {

  static SessionView of(@Nullable Caller caller, boolean credentialsRequired) {
    return caller == null
        ? new SessionView(false, null, List.of(), credentialsRequired)
        : new SessionView(true, caller.name(), caller.role().words(), credentialsRequired);
  }
}

package io.etlapi.security;

import io.etlapi.config.EtlConfig;
import io.etlapi.execution.StartCondition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps a server that must not run without credentials from becoming ready without them. */
@ApplicationScoped
public class RequiredCredentials implements StartCondition {

  private boolean required;
  private @Nullable Credentials credentials;

  /** For the container's proxy. */
  protected RequiredCredentials() {}

  @Inject
  public RequiredCredentials(EtlConfig config, Credentials credentials) {
    this.required = config.security().required();
    this.credentials = credentials;
  }

  @Override
  public Optional<String> fault() {
    Credentials known = credentials;
    if (!required || known == null) {
      return Optional.empty();
    }
    if (!known.areConfigured()) {
      return Optional.of(
          "ETL_REQUIRE_CREDENTIALS is true and there are none: name a token file in ETL_TOKENS_FILE"
              + " (the README shows how to make the first token), an issuer of signed tokens in"
              + " ETL_JWT_KEYS and ETL_JWT_ISSUER, or set ETL_REALM_AUTH.");
    }
    return known
        .fault()
        .map(
            fault ->
                "ETL_REQUIRE_CREDENTIALS is true and "
                    + fault
                    + ": the README shows how to make the first token. Restart then.");
  }
}

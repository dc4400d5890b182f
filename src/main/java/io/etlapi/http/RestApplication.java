package io.etlapi.http;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/**
 * Serves everything from the context root. Servlets with longer mappings (event streams) go before
 * it, the static files of the console come last, see {@link RootResource}.
 */
@ApplicationPath("/")
public class RestApplication extends Application {

  /**
   * Jersey describes the resources as WADL unless told not to; {@code openapi.json} is the
   * description. Other runtimes know no such property.
   */
  @Override
  public Map<String, Object> getProperties() {
    return Map.of("jersey.config.server.wadl.disableWadl", true);
  }
}

package io.etlapi.http;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.PropertyNamingStrategy;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

/**
 * Writes {@link View}s as JSON. A writer of our own, so that names, nulls and instants look the
 * same whatever the server has configured for its other applications.
 */
@Provider
public class ViewWriter implements MessageBodyWriter<View> {

  private static final Jsonb JSONB =
      JsonbBuilder.create(
          new JsonbConfig()
              .withNullValues(true)
              .withPropertyNamingStrategy(PropertyNamingStrategy.LOWER_CASE_WITH_UNDERSCORES));

  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return View.class.isAssignableFrom(type);
  }

  @Override
  public void writeTo(
      View view,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> httpHeaders,
      OutputStream out)
      throws IOException {
    if (view instanceof WithOutput spliced) {
      spliced.body().writeTo(out);
    } else {
      out.write(json(view).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The JSON text of a view that holds no task output. */
  public static String json(View view) {
    if (view instanceof StatusView status) {
      return status.json();
    }
    return view instanceof TaskPage page ? JSONB.toJson(page.tasks()) : bound(view);
  }

  /** What the JSON binding makes of a view. */
  static String bound(View view) {
    return JSONB.toJson(view);
  }
}

package io.etlapi.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Makes a context root that must be escaped work everywhere. The context path of a request is
 * specified to be the beginning of its URI as it was sent; Open Liberty and WildFly give it
 * unescaped, and their JAX-RS then cuts the path at the wrong place and finds nothing. Declared in
 * {@code web.xml}.
 */
public class ContextPathFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String given = request.getContextPath();
    String sent = sent(request.getRequestURI(), given);
    chain.doFilter(sent.equals(given) ? request : new WithContextPath(request, sent), response);
  }

  /**
   * The beginning of a URI with as many segments as a context path has.
   *
   * @param uri as it was sent, without host and query
   * @param contextPath empty, or beginning with a slash
   */
  static String sent(String uri, String contextPath) {
    int end = 0;
    for (int at = contextPath.indexOf('/'); at >= 0; at = contextPath.indexOf('/', at + 1)) {
      int next = uri.indexOf('/', end + 1);
      end = next < 0 ? uri.length() : next;
    }
    return uri.substring(0, end);
  }

  private static final class WithContextPath extends HttpServletRequestWrapper {

    private final String contextPath;

    WithContextPath(HttpServletRequest request, String contextPath) {
      super(request);
      this.contextPath = contextPath;
    }

    @Override
    public String getContextPath() {
      return contextPath;
    }
  }
}

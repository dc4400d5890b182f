package io.etlapi.http.live;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Ends the streams while the application is still whole: a server may wait for open requests. */
@WebListener
public class StreamsEnd implements ServletContextListener {

  private static final System.Logger LOG = System.getLogger(StreamsEnd.class.getName());

  @Inject LiveEvents live;

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    try {
      live.close();
    } catch (RuntimeException e) {
      // A server that destroys its beans first has ended the streams with them.
      LOG.log(System.Logger.Level.DEBUG, "the streams had ended before the web application", e);
    }
  }
}

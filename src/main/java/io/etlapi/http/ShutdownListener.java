package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Ends the tasks while the application is still whole: see {@link TaskManager#shutDown}. */
@WebListener
public class ShutdownListener implements ServletContextListener {

  private static final System.Logger LOG = System.getLogger(ShutdownListener.class.getName());

  @Inject TaskManager tasks;

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    try {
      tasks.shutDown();
    } catch (RuntimeException e) {
      // A server that destroys its beans first has ended the tasks already; the bean is gone then.
      LOG.log(System.Logger.Level.DEBUG, "the tasks had ended before the web application", e);
    }
  }
}

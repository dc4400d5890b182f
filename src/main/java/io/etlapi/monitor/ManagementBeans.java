package io.etlapi.monitor;

import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * What this application shows in the JMX consoles of its server, from {@link #show} until it is
 * closed. The names are plain for the first deployment in a process; a further one adds its storage
 * folder. Thread-safe.
 */
public final class ManagementBeans implements AutoCloseable {

  public static final String DOMAIN = "io.etlapi";

  private static final System.Logger LOG = System.getLogger(ManagementBeans.class.getName());
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final Deque<ObjectName> registered = new ArrayDeque<>();
  private String suffix = "";
  private boolean closed;

  private ManagementBeans() {}

  /**
   * Shows the server and every step, those that come later too.
   *
   * @param storage the storage folder, which tells this deployment from another in the process
   */
  public static ManagementBeans show(
      TaskManagerMXBean manager, Measurements measurements, String storage) {
    ManagementBeans beans = new ManagementBeans();
    beans.add(manager, storage);
    measurements.onNewStep(beans::add);
    return beans;
  }

  private synchronized void add(TaskManagerMXBean manager, String storage) {
    if (!register(manager, TaskManagerMXBean.class, "type=TaskManager")) {
      suffix = ",storage=" + value(storage);
      if (!register(manager, TaskManagerMXBean.class, "type=TaskManager")) {
        LOG.log(
            System.Logger.Level.WARNING,
            "JMX shows another deployment on " + storage + "; this one is not shown");
      }
    }
  }

  private synchronized void add(StepMeasurements step) {
    if (!closed) {
      register(new MeasuredStep(step), StepMXBean.class, "type=Step,name=" + value(step.name()));
    }
  }

  /** False if the name is taken. What else goes wrong is logged: nothing depends on a console. */
  private <T> boolean register(T bean, Class<T> type, String keys) {
    try {
      ObjectName name = new ObjectName(DOMAIN + ":" + keys + suffix);
      if (server.isRegistered(name)) {
        return false;
      }
      server.registerMBean(new StandardMBean(bean, type, true), name);
      registered.push(name);
    } catch (InstanceAlreadyExistsException e) {
      return false;
    } catch (JMException e) {
      LOG.log(System.Logger.Level.WARNING, "JMX does not show " + keys, e);
    }
    return true;
  }

  private static String value(String text) {
    return PLAIN.matcher(text).matches() ? text : ObjectName.quote(text);
  }

  /** Shows nothing any more: a bean that stays would hold the application's classes. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!registered.isEmpty()) {
      ObjectName name = registered.pop();
      try {
        server.unregisterMBean(name);
      } catch (InstanceNotFoundException e) {
        LOG.log(System.Logger.Level.DEBUG, "somebody else has removed " + name, e);
      } catch (JMException e) {
        LOG.log(System.Logger.Level.WARNING, "JMX still shows " + name, e);
      }
    }
  }

  private record MeasuredStep(StepMeasurements step) implements StepMXBean {

    @Override
    public String getName() {
      return step.name();
    }

    @Override
    public long getAttempts() {
      return step.durations().count();
    }

    @Override
    public long getCompleted() {
      return step.completed().sum();
    }

    @Override
    public long getFailed() {
      return step.failed().sum();
    }

    @Override
    public long getCancelled() {
      return step.cancelled().sum();
    }

    @Override
    public long getRetried() {
      return step.retried().sum();
    }

    @Override
    public double getP50Millis() {
      return step.durations().quantileMillis(0.5);
    }

    @Override
    public double getP95Millis() {
      return step.durations().quantileMillis(0.95);
    }

    @Override
    public double getP99Millis() {
      return step.durations().quantileMillis(0.99);
    }
  }
}

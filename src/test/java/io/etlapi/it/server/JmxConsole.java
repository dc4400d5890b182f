package io.etlapi.it.server;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Arrays;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** Looks into another process as jconsole does: attaches to it and speaks JMX. */
public final class JmxConsole implements AutoCloseable {

  private final JMXConnector connector;
  private final MBeanServerConnection connection;

  private JmxConsole(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.connection = connector.getMBeanServerConnection();
  }

  /** Attaches to a process of the same user; the address is what that process has just said. */
  @SuppressWarnings("BanJNDI")
  public static JmxConsole attach(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        return new JmxConsole(
            JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException(e);
    }
  }

  public boolean shows(String name) throws IOException, JMException {
    return connection.isRegistered(new ObjectName(name));
  }

  public @Nullable Object get(String name, String attribute) throws IOException, JMException {
    return connection.getAttribute(new ObjectName(name), attribute);
  }

  public double number(String name, String attribute) throws IOException, JMException {
    if (get(name, attribute) instanceof Number number) {
      return number.doubleValue();
    }
    throw new AssertionError(attribute + " of " + name + " is no number");
  }

  /** Calls an operation whose arguments are texts. */
  public @Nullable Object call(String name, String operation, String... arguments)
      throws IOException, JMException {
    String[] types = new String[arguments.length];
    Arrays.fill(types, String.class.getName());
    return connection.invoke(new ObjectName(name), operation, arguments, types);
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}

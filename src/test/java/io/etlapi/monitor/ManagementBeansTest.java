package io.etlapi.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class ManagementBeansTest {

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @Test
  void stepsAreShownWhenTheyAreFirstMeasured() throws Exception {
    Measurements measurements = new Measurements();
    measurements.step("early");
    try (ManagementBeans beans = ManagementBeans.show(manager(), measurements, "one")) {
      measurements.step("late").failed().increment();

      ObjectName late = new ObjectName("io.etlapi:type=Step,name=late");
      assertEquals(1L, server.getAttribute(late, "Failed"));
      assertEquals(7, server.getAttribute(new ObjectName("io.etlapi:type=TaskManager"), "Running"));
      assertEquals(
          Set.of(
              "io.etlapi:type=TaskManager",
              "io.etlapi:type=Step,name=early",
              "io.etlapi:type=Step,name=late"),
          names());
    }
  }

  @Test
  void aSecondDeploymentHasNamesOfItsOwnAndLeavesThoseOfTheFirst() {
    Measurements first = new Measurements();
    Measurements second = new Measurements();
    try (ManagementBeans one = ManagementBeans.show(manager(), first, "one")) {
      first.step("same");
      try (ManagementBeans two = ManagementBeans.show(manager(), second, "/srv/two, again")) {
        second.step("same");
        assertEquals(
            Set.of(
                "io.etlapi:type=TaskManager",
                "io.etlapi:type=Step,name=same",
                "io.etlapi:type=TaskManager,storage=\"/srv/two, again\"",
                "io.etlapi:type=Step,name=same,storage=\"/srv/two, again\""),
            names());
      }
      assertEquals(Set.of("io.etlapi:type=TaskManager", "io.etlapi:type=Step,name=same"), names());
    }
  }

  @Test
  void afterTheCloseNothingIsLeftAndNothingComesBack() throws Exception {
    Measurements measurements = new Measurements();
    ManagementBeans.show(manager(), measurements, "one").close();
    measurements.step("later");

    assertEquals(Set.of(), names());
    ObjectName gone = new ObjectName("io.etlapi:type=TaskManager");
    assertThrows(InstanceNotFoundException.class, () -> server.getAttribute(gone, "Running"));
  }

  /** Each deployment has one of its own. */
  private TaskManagerMXBean manager() {
    return (TaskManagerMXBean)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {TaskManagerMXBean.class},
            (proxy, method, arguments) ->
                method.getName().equals("hashCode")
                    ? System.identityHashCode(proxy)
                    : method.getName().equals("equals")
                        ? proxy == arguments[0]
                        : method.getReturnType() == int.class ? 7 : null);
  }

  private Set<String> names() {
    try {
      return server.queryNames(new ObjectName("io.etlapi:*"), null).stream()
          .map(ObjectName::getCanonicalName)
          .map(ManagementBeansTest::typeFirst)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (javax.management.MalformedObjectNameException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The canonical name has its keys in the order of the alphabet. */
  private static String typeFirst(String name) {
    try {
      ObjectName parsed = new ObjectName(name);
      StringBuilder ordered = new StringBuilder(parsed.getDomain() + ":type=");
      ordered.append(parsed.getKeyProperty("type"));
      for (String key : new String[] {"name", "storage"}) {
        if (parsed.getKeyProperty(key) != null) {
          ordered.append(',').append(key).append('=').append(parsed.getKeyProperty(key));
        }
      }
      return ordered.toString();
    } catch (javax.management.MalformedObjectNameException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nothing listens on. They lie below those that a system gives to clients (Linux: from
 * 32768 on): a connection to somewhere else would take the port of a server that is being started
 * again.
 */
final class FreePorts {

  private static final int FIRST = 12_000;
  private static final int END = 32_000;
  private static final int MOST_TRIES = 10_000;

  /** A server that is down for a while keeps its port. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  static int one() {
    return find(1).get(0);
  }

  /** All of them different. */
  static List<Integer> find(int count) {
    List<Integer> ports = new ArrayList<>();
    for (int tried = 0; ports.size() < count; tried++) {
      if (tried == MOST_TRIES) {
        throw new IllegalStateException("no free port from " + FIRST + " to " + END);
      }
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (isFree(port) && GIVEN.add(port)) {
        ports.add(port);
      }
    }
    return ports;
  }

  private static boolean isFree(int port) {
    // On all addresses: some servers listen on more than the loopback.
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

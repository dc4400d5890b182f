package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsTest {

  private Instant now = Instant.parse("2026-01-15T12:00:00Z");
  private final Sessions sessions = new Sessions(new MovingClock(), Duration.ofHours(1));

  @Test
  void aSessionIsKnownByALongRandomName() {
    String one = sessions.open(caller("ada"), null).id();
    String other = sessions.open(caller("ada"), null).id();

    assertTrue(one.matches("[A-Za-z0-9_-]{43}"), one);
    assertTrue(!one.equals(other));
    assertEquals("ada", name(one));
    assertNull(sessions.find(one + "x"));
  }

  @Test
  void itEndsAfterItsTimeOrWithItsTokenWhicheverIsFirst() {
    String usual = sessions.open(caller("ada"), null).id();
    String shorter = sessions.open(caller("bob"), now.plusSeconds(60)).id();
    assertEquals(
        now.plus(Duration.ofHours(1)),
        sessions.open(caller("eve"), now.plus(Duration.ofDays(9))).session().expiresAt());

    now = now.plusSeconds(60);
    assertNull(sessions.find(shorter));
    assertNotNull(sessions.find(usual));
    now = now.plus(Duration.ofHours(1));
    assertNull(sessions.find(usual));
  }

  @Test
  void whoSignsInAgainAndAgainLosesTheOldestOfTheirOwn() {
    String other = sessions.open(caller("bob"), null).id();
    List<String> own = new ArrayList<>();
    for (int i = 0; i <= Sessions.MAX_PER_CALLER; i++) {
      now = now.plusSeconds(1);
      own.add(sessions.open(caller("ada"), null).id());
    }

    assertNull(sessions.find(own.get(0)));
    assertNotNull(sessions.find(own.get(1)));
    assertNotNull(sessions.find(other));
  }

  @Test
  void thereAreNeverMoreThanTheLimit() {
    for (int i = 0; i < Sessions.MAX + 10; i++) {
      sessions.open(caller("user" + i), null);
    }
    assertEquals(Sessions.MAX, sessions.count());
  }

  @Test
  void anEndedSessionIsGone() {
    String id = sessions.open(caller("ada"), null).id();
    sessions.end(id);
    sessions.end(id);
    assertNull(sessions.find(id));
    assertEquals(0, sessions.count());
  }

  private String name(String id) {
    Sessions.Session session = sessions.find(id);
    return session == null ? "" : session.caller().name();
  }

  private static Caller caller(String name) {
    return new Caller(name, Role.VIEWER, Caller.Kind.REALM, null);
  }

  private final class MovingClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}

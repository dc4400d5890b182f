package io.etlapi.http.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRingTest {

  private final EventRing ring = new EventRing(4);

  @Test
  void anEmptyRingHasNothingAndReachesBackToItsBeginning() {
    assertEquals(0, ring.newest());
    assertTrue(ring.reachesBackTo(0));
    assertEquals(List.of(), ring.after(0, 10));
  }

  @Test
  void eventsFollowOneAnother() {
    append(3);

    assertEquals(List.of("1", "2", "3"), jsonAfter(0, 10));
    assertEquals(List.of("3"), jsonAfter(2, 10));
    assertEquals(List.of("1", "2"), jsonAfter(0, 2));
    assertEquals(List.of(), jsonAfter(3, 10));
  }

  @Test
  void theOldestMakesRoomAndThatIsNoticed() {
    append(6);

    assertFalse(ring.reachesBackTo(1));
    assertTrue(ring.reachesBackTo(2));
    assertEquals(List.of("3", "4", "5", "6"), jsonAfter(2, 10));
    assertEquals(List.of("3", "4", "5", "6"), jsonAfter(0, 10));
  }

  @Test
  void aPlaceAheadOfTheRingIsOfAnotherRing() {
    append(2);

    assertTrue(ring.reachesBackTo(2));
    assertFalse(ring.reachesBackTo(3));
  }

  @Test
  void jsonIsMadeOnceAndOnlyWhenSomebodyWantsIt() {
    AtomicInteger made = new AtomicInteger();
    ring.append("task", Set.of(), () -> "{" + made.incrementAndGet() + "}");
    assertEquals(0, made.get());

    ring.after(0, 1).get(0).json();
    assertEquals("{1}", ring.after(0, 1).get(0).json());
  }

  @Test
  void anIdSurvivesTheClient() {
    assertEquals(
        Optional.of(new EventId("0a1b", 7, 0)),
        EventId.parse(new EventId("0a1b", 7, 0).toString()));
    assertEquals(
        Optional.of(new EventId("0a1b", 7, 99)),
        EventId.parse(new EventId("0a1b", 7, 99).toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "-1", "a-", "a-b", "a-1-", "a-1-b", "a-9999999999999999999", "A-1"})
  void whatIsNoIdIsNoFault(String text) {
    assertEquals(Optional.empty(), EventId.parse(text));
  }

  private void append(int count) {
    for (int i = 1; i <= count; i++) {
      String json = Integer.toString(i);
      ring.append("task", Set.of(), () -> json);
    }
  }

  private List<String> jsonAfter(long sequence, int max) {
    return ring.after(sequence, max).stream().map(LiveEvent::json).toList();
  }
}

package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PreferencesTest {

  @Test
  void aWaitIsReadAmongOtherPreferences() {
    assertEquals(seconds(7), Preferences.waitTime(List.of("respond-async, Wait=7; foo=bar")));
    assertEquals(seconds(5), Preferences.waitTime(List.of("return=minimal", "wait=\"5\"")));
  }

  @Test
  void nobodyWaitsLongerThanHalfAMinute() {
    assertEquals(seconds(30), Preferences.waitTime(List.of("wait=86400")));
  }

  @Test
  void whatCannotBeReadIsIgnored() {
    for (String header :
        List.of("", "wait", "wait=", "wait=-1", "wait=1.5", "wait=9999999999", "wait=0")) {
      assertEquals(Optional.empty(), Preferences.waitTime(List.of(header)), header);
    }
    assertEquals(Optional.empty(), Preferences.waitTime(null));
  }

  private static Optional<Duration> seconds(int seconds) {
    return Optional.of(Duration.ofSeconds(seconds));
  }
}

package io.etlapi.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

  private static final String VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void aValidOneIsKeptAsItIs() {
    assertEquals(
        Optional.of(VALID), TraceParent.parse(List.of(" " + VALID)).map(TraceParent::toString));
  }

  @Test
  void aLaterVersionIsReadAsFarAsThisOneGoes() {
    assertEquals(
        Optional.of(VALID),
        TraceParent.parse(List.of("cc" + VALID.substring(2) + "-what-comes-next"))
            .map(TraceParent::toString));
  }

  @Test
  void noneAndTwoAreNone() {
    assertEquals(Optional.empty(), TraceParent.parse(List.of()));
    assertEquals(Optional.empty(), TraceParent.parse(List.of(VALID, VALID)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nx: y"
      })
  void aFaultyOneIsIgnored(String header) {
    assertEquals(Optional.empty(), TraceParent.parse(List.of(header)));
  }
}

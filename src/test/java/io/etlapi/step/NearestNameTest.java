package io.etlapi.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestNameTest {

  private static final List<String> KNOWN = List.of("delimiter", "encoding", "read_csv", "filter");

  @Test
  void aTypingErrorFindsTheNameThatWasMeant() {
    assertEquals(Optional.of("delimiter"), NearestName.of("delimitter", KNOWN));
    assertEquals(Optional.of("read_csv"), NearestName.of("raed_csv", KNOWN));
    assertEquals(Optional.of("read_csv"), NearestName.of("readcsv", KNOWN));
  }

  @Test
  void aNameThatIsNearNothingFindsNothing() {
    assertEquals(Optional.empty(), NearestName.of("step_type", KNOWN));
    assertEquals(Optional.empty(), NearestName.of("", KNOWN));
    assertEquals(Optional.empty(), NearestName.of("x".repeat(100_000), KNOWN));
  }
}

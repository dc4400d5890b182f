package io.etlapi.step.spreadsheet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeCsvTest {

  private static String line(boolean safe, @Nullable String... cells) throws IOException {
    StringWriter out = new StringWriter();
    new SafeCsv(out, ',', safe).record(Arrays.asList(cells));
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+1",
        "+49 30 1234",
        "-1+1",
        "--1",
        "-",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "1e5=",
      })
  void aFormulaGetsAnApostropheAndNothingElseDoes(String text) throws Exception {
    boolean formula = !Character.isDigit(text.charAt(0));
    assertEquals((formula ? "'" : "") + text + ",x\r\n", line(true, text, "x"));
    assertEquals(text + ",x\r\n", line(false, text, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "+1", "-0.5", "-.5", "-1e-7", "+12.", "-12345678901234567890.01"})
  void aSignedNumberStaysANumber(String number) throws Exception {
    assertEquals(number + ",x\r\n", line(true, number, "x"));
  }

  @Test
  void aFormulaBehindATabOrReturnIsDefusedAndQuoted() throws Exception {
    assertEquals("\"'\t=1\",\"'\r=1\",\"'\n=1\"\r\n", line(true, "\t=1", "\r=1", "\n=1"));
  }

  @Test
  void noCellBreaksOutOfItsField() throws Exception {
    assertEquals(
        "\"a,=1\",\"b\"\"\"\"=2\",\"c\r\n=3\",\" d\"\r\n",
        line(true, "a,=1", "b\"\"=2", "c\r\n=3", " d"));
  }

  @Test
  void nullIsEmptyAndAnEmptyTextIsQuoted() throws Exception {
    assertEquals(",\"\",x\r\n", line(true, null, "", "x"));
    assertEquals("\"\"\r\n", line(true, (String) null));
  }

  @Test
  void theDelimiterDecidesWhatIsQuoted() throws Exception {
    StringWriter out = new StringWriter();
    SafeCsv csv = new SafeCsv(out, ';', true);
    csv.record(List.of("a,b", "a;b", "=1"));
    assertEquals("a,b;\"a;b\";'=1\r\n", out.toString());
    assertEquals(1, csv.defused());
    assertThrows(IllegalArgumentException.class, () -> new SafeCsv(out, '"', true));
  }
}

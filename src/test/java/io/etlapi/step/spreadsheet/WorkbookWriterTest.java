package io.etlapi.step.spreadsheet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkbookWriterTest {

  private Path folder;

  @BeforeEach
  void setUp(@TempDir Path temp) {
    folder = temp;
  }

  private interface Content {
    void write(WorkbookWriter workbook) throws Exception;
  }

  private Path write(Content content) throws Exception {
    Path file = folder.resolve("book.xlsx");
    try (OutputStream out = Files.newOutputStream(file);
        WorkbookWriter workbook = new WorkbookWriter(out)) {
      content.write(workbook);
    }
    return file;
  }

  private static List<List<@Nullable String>> read(Path file, int sheet) throws Exception {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (SheetReader reader = SheetReader.open(file, "book.xlsx")) {
      reader.read(sheet, (number, cells) -> rows.add(cells));
    }
    return rows;
  }

  private static String sheetXml(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile());
        InputStream in = zip.getInputStream(zip.getEntry("xl/worksheets/sheet1.xml"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    List<@Nullable Object> values =
        Arrays.asList(
            "Łódź 😀 <&>\"'",
            new BigDecimal("12.50"),
            new BigDecimal("12345678901234567890.01"),
            7L,
            true,
            LocalDate.of(2024, 2, 29),
            LocalDateTime.of(2024, 2, 29, 12, 30, 15),
            LocalDate.of(1815, 6, 18),
            Double.NaN,
            null,
            "  spaces  ");
    Path file =
        write(
            workbook ->
                workbook.sheet("Data", Collections.nCopies(values.size(), "h")).row(values));
    assertEquals(
        Arrays.asList(
            "Łódź 😀 <&>\"'",
            "12.5",
            "12345678901234567890.01",
            "7",
            "true",
            "2024-02-29",
            "2024-02-29T12:30:15",
            "1815-06-18",
            "NaN",
            null,
            "  spaces  "),
        read(file, 0).get(1));
  }

  @Test
  void noTextIsEverAFormula() throws Exception {
    Path file =
        write(
            workbook ->
                workbook
                    .sheet("=1", List.of("=HYPERLINK(\"x\")"))
                    .row(List.of("=cmd|' /C calc'!A0")));
    String xml = sheetXml(file);
    assertTrue(xml.contains("t=\"inlineStr\"") && !xml.contains("<f>"), xml);
    assertEquals("=cmd|' /C calc'!A0", read(file, 0).get(1).get(0));
  }

  @Test
  void charactersThatXmlCannotHoldAreReplaced() throws Exception {
    Path file =
        write(
            workbook ->
                workbook
                    .sheet("\u0000a", List.of("h"))
                    .row(List.of("a\u0000b\u001Fc\uD800d\uFFFE")));
    assertEquals("a\uFFFDb\uFFFDc\uFFFDd\uFFFD", read(file, 0).get(1).get(0));
  }

  @Test
  void aLongTextIsCutAndCounted() throws Exception {
    long[] cut = new long[1];
    Path file =
        write(
            workbook -> {
              WorkbookWriter.SheetWriter sheet = workbook.sheet("S", List.of("h"));
              sheet.row(List.of("x".repeat(40_000)));
              cut[0] = sheet.cutCells();
            });
    assertEquals(32_767, String.valueOf(read(file, 0).get(1).get(0)).length());
    assertEquals(1, cut[0]);
  }

  @Test
  void namesOfSheetsAreMadeLegalAndUnique() throws Exception {
    Path file =
        write(
            workbook -> {
              workbook.sheet("a/b:c", List.of("h"));
              workbook.sheet("A_B_C", List.of("h"));
              workbook.sheet("x".repeat(40), List.of("h"));
              workbook.sheet("x".repeat(50), List.of("h"));
              workbook.sheet("", List.of("h"));
            });
    try (SheetReader reader = SheetReader.open(file, "book.xlsx")) {
      assertEquals(
          List.of("a_b_c", "A_B_C_2", "x".repeat(31), "x".repeat(29) + "_2", "Sheet"),
          reader.names());
    }
  }

  @Test
  void aSheetHasAnEnd() throws Exception {
    try (WorkbookWriter workbook = new WorkbookWriter(OutputStream.nullOutputStream())) {
      WorkbookWriter.SheetWriter sheet = workbook.sheet("S", List.of("h"));
      List<Object> row = List.of(1L);
      for (int i = 1; i < WorkbookWriter.MAX_ROWS; i++) {
        sheet.row(row);
      }
      assertTrue(
          String.valueOf(assertThrows(SheetLimitException.class, () -> sheet.row(row)).getMessage())
              .startsWith("A sheet has at most 1048575 rows below its header"));
      assertThrows(
          SheetLimitException.class, () -> workbook.sheet("T", Collections.nCopies(16_385, "h")));
    }
  }

  @Test
  void anEmptySheetIsAWorkbookToo() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WorkbookWriter workbook = new WorkbookWriter(out)) {
      workbook.sheet("S", List.of());
    }
    Path file = Files.write(folder.resolve("empty.xlsx"), out.toByteArray());
    assertEquals(List.of(), read(file, 0));
  }
}

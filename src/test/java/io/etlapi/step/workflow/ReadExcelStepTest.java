package io.etlapi.step.workflow;

import static io.etlapi.step.workflow.TableBench.row;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepInput;
import io.etlapi.step.spreadsheet.RawWorkbook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReadExcelStepTest {

  private static final String HEADER = "<row r=\"1\">" + text("A1", "v") + "</row>";

  private TableBench bench;
  private final ReadExcelStep readExcel = new ReadExcelStep();

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new TableBench(folder);
  }

  private static String text(String address, String text) {
    return "<c r=\"%s\" t=\"inlineStr\"><is><t>%s</t></is></c>".formatted(address, text);
  }

  private static String number(String address, String number) {
    return "<c r=\"%s\"><v>%s</v></c>".formatted(address, number);
  }

  private Map<String, @Nullable Object> read(byte[] file, Map<String, ?> parameters)
      throws Exception {
    Map<String, Object> all = new HashMap<>(parameters);
    all.put("file_path", bench.steps.file("book.xlsx", file));
    return bench.steps.run(readExcel, all);
  }

  private String failure(byte[] file, Map<String, ?> parameters) throws IOException {
    Map<String, Object> all = new HashMap<>(parameters);
    all.put("file_path", bench.steps.file("book.xlsx", file));
    String message = bench.failure(readExcel, all);
    assertTrue(message.endsWith(".") && !message.contains("storage"), message);
    return message;
  }

  /** One value in a column v. */
  private @Nullable String value(String cell, String... formats) throws Exception {
    byte[] file =
        new RawWorkbook()
            .formats(formats)
            .sharedTexts("<si><t>shared</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si>")
            .sheet("S", HEADER + "<row r=\"2\">" + cell + number("B2", "1") + "</row>")
            .bytes();
    return bench.rows(read(file, Map.of())).get(0).get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      nullValues = "NULL",
      value = {
        "<c r='A2'><v>1.0E7</v></c> => 10000000",
        "<c r='A2'><v>12345678901234567890</v></c> => 12345678901234567890",
        "<c r='A2'><v>1.1000000000000001</v></c> => 1.1",
        "<c r='A2'><v>-0.05</v></c> => -0.05",
        "<c r='A2'><v>1E-7</v></c> => 0.0000001",
        "<c r='A2'><v>7.0</v></c> => 7",
        "<c r='A2'><v>0</v></c> => 0",
        "<c r='A2' s='1'><v>42</v></c> => 00042",
        "<c r='A2' s='1'><v>1234567</v></c> => 1234567",
        "<c r='A2' s='2'><v>45351</v></c> => 2024-02-29",
        "<c r='A2' s='2'><v>1</v></c> => 1900-01-01",
        "<c r='A2' s='2'><v>61</v></c> => 1900-03-01",
        "<c r='A2' s='3'><v>45351.520833333336</v></c> => 2024-02-29T12:30:00",
        "<c r='A2' s='4'><v>0.75</v></c> => 18:00:00",
        "<c r='A2' s='5'><v>45351</v></c> => 45351",
        "<c r='A2' s='6'><v>1234.5</v></c> => 1234.5",
        "<c r='A2' t='b'><v>1</v></c> => true",
        "<c r='A2' t='b'><v>0</v></c> => false",
        "<c r='A2' t='s'><v>0</v></c> => shared",
        "<c r='A2' t='s'><v>1</v></c> => rich",
        "<c r='A2' t='inlineStr'><is><t>a &amp; b</t></is></c> => a & b",
        "<c r='A2' t='str'><f>A1</f><v>007</v></c> => 007",
        "<c r='A2'><f>1+1</f><v>2</v></c> => 2",
        "<c r='A2' t='b'><f>TRUE()</f><v>1</v></c> => true",
        "<c r='A2' s='2'><f>TODAY()</f><v>45351</v></c> => 2024-02-29",
        "<c r='A2'><f>NEVER()</f></c> => NULL",
        "<c r='A2' t='e'><v>#N/A</v></c> => NULL",
        "<c r='A2' t='e'><f>1/0</f><v>#DIV/0!</v></c> => NULL",
        "<c r='A2' s='2'/> => NULL",
      })
  void aCellBecomesTheTextThatItMeans(String cell, @Nullable String text) throws Exception {
    assertEquals(
        text,
        value(
            cell,
            "00000",
            "yyyy-mm-dd",
            "dd/mm/yyyy hh:mm",
            "hh:mm:ss",
            "0 \"days\"",
            "#,##0.00 [Red]"));
  }

  @Test
  void daysCountFrom1904WhereTheWorkbookSaysSo() throws Exception {
    byte[] file =
        new RawWorkbook()
            .date1904()
            .formats("yyyy-mm-dd")
            .sheet("S", HEADER + "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>43889</v></c></row>")
            .bytes();
    assertEquals(List.of(row("2024-02-29")), bench.rows(read(file, Map.of())));
  }

  @Test
  void errorsAreCountedAndBlankRowsLeftOut() throws Exception {
    byte[] file =
        new RawWorkbook()
            .sheet(
                "S",
                HEADER
                    + "<row r=\"2\">"
                    + number("A2", "1")
                    + "</row><row r=\"3\"/><row r=\"6\"><c r=\"A6\" t=\"e\"><v>#REF!</v></c>"
                    + number("B6", "2")
                    + "</row>")
            .bytes();
    Map<String, @Nullable Object> output = read(file, Map.of());
    assertEquals(List.of(row("1", null), row(null, "2")), bench.rows(output));
    Map<?, ?> details = TableBench.details(output, "read_excel");
    assertEquals(1L, details.get("error_cells"));
    assertEquals(3L, details.get("blank_rows"));
    assertEquals(List.of("v", "column_2"), TableBench.headers(output));
  }

  @Test
  void sheetsAreFoundByNameOrIndex() throws Exception {
    byte[] file =
        new RawWorkbook()
            .sheet("First", "<row r=\"1\">" + text("A1", "a") + "</row>")
            .sheet("Łódź 2", "<row r=\"1\">" + text("A1", "b") + "</row>")
            .sheet("0", "<row r=\"1\">" + text("A1", "c") + "</row>")
            .bytes();
    assertEquals(List.of("a"), TableBench.headers(read(file, Map.of())));
    assertEquals(List.of("b"), TableBench.headers(read(file, Map.of("sheet_name", "łódź 2"))));
    assertEquals(List.of("b"), TableBench.headers(read(file, Map.of("sheet_name", 1L))));
    assertEquals(List.of("b"), TableBench.headers(read(file, Map.of("sheet_name", "1"))));
    assertEquals(List.of("c"), TableBench.headers(read(file, Map.of("sheet_name", "0"))));
    assertTrue(
        failure(file, Map.of("sheet_name", "Frist"))
            .endsWith(
                "has no sheet 'Frist'; did you mean 'First'? Its sheets, by index and name: 0"
                    + " 'First', 1 'Łódź 2', 2 '0'."));
    assertTrue(failure(file, Map.of("sheet_name", 3L)).contains("no sheet at index 3"));
  }

  @Test
  void theHeaderIsWhereTheRequestSays() throws Exception {
    byte[] file =
        new RawWorkbook()
            .sheet(
                "S",
                "<row r=\"1\">"
                    + text("A1", "Report")
                    + "</row>"
                    + "<row r=\"3\">"
                    + text("A3", "id")
                    + text("C3", "ID")
                    + "</row>"
                    + "<row r=\"4\">"
                    + text("A4", "007")
                    + text("B4", "x")
                    + text("C4", "y")
                    + "</row>")
            .bytes();
    Map<String, @Nullable Object> output = read(file, Map.of("skip_rows", 1L, "header_row", 1L));
    assertEquals(List.of("id", "column_2", "ID_2"), TableBench.headers(output));
    assertEquals(List.of(row("007", "x", "y")), bench.rows(output));
    Map<String, @Nullable Object> bare = read(file, Map.of("skip_rows", 3L, "header_row", -1L));
    assertEquals(List.of("column_1", "column_2", "column_3"), TableBench.headers(bare));
    assertEquals(List.of(row("007", "x", "y")), bench.rows(bare));
    assertTrue(failure(file, Map.of("header_row", 1L)).contains("no column names in row 2"));
    assertTrue(
        failure(file, Map.of("header_row", -1L, "skip_rows", 9L)).contains("is empty below row 9"));
  }

  @Test
  void typesAreInferredAndIdsKeepTheirZeros() throws Exception {
    StringBuilder rows =
        new StringBuilder("<row r=\"1\">" + text("A1", "id") + text("B1", "amount") + "</row>");
    for (int i = 2; i <= 3001; i++) {
      rows.append("<row r=\"" + i + "\">");
      rows.append(text("A" + i, "%06d".formatted(i))).append(number("B" + i, i + ".25"));
      rows.append("</row>");
    }
    Map<String, @Nullable Object> output =
        read(new RawWorkbook().sheet("S", rows.toString()).bytes(), Map.of());
    assertEquals("3000", output.get("count"));
    Map<String, @Nullable Object> kept =
        bench.steps.run(
            new FilterStep(),
            Map.of("condition", "amount > 3000 AND id = '003001'"),
            new StepInput("read_excel", output));
    assertEquals(List.of(row("003001", "3001.25")), bench.rows(kept));
  }

  @Test
  void aHeaderWithoutRowsIsAnEmptyTable() throws Exception {
    Map<String, @Nullable Object> output =
        read(new RawWorkbook().sheet("S", HEADER).bytes(), Map.of());
    assertEquals("0", output.get("count"));
    assertEquals(List.of("v"), TableBench.headers(output));
  }

  /** A file that must not be read; made when its test runs, for some are large. */
  private record Hostile(String reason, Callable<byte[]> file) {
    @Override
    public String toString() {
      return reason;
    }
  }

  static Stream<Hostile> hostile() {
    return Stream.of(
        new Hostile("is empty", () -> new byte[0]),
        new Hostile("not an Excel workbook", () -> "a,b\n1,2\n".getBytes(UTF_8)),
        new Hostile("old Excel file (.xls)", () -> compoundFile("Workbook")),
        new Hostile("is encrypted", () -> compoundFile("EncryptedPackage")),
        new Hostile("is damaged", () -> Arrays.copyOf(sheet(HEADER), sheet(HEADER).length / 2)),
        new Hostile("no Excel workbook", () -> zip("a.txt", "x")),
        new Hostile("binary workbook (.xlsb)", () -> zip("xl/workbook.bin", "x")),
        rows("proper address", "<row r=\"1\">" + number("ZZZZZZ1", "1") + "</row>"),
        rows("proper address", "<row r=\"1\">" + number("A99999999", "1") + "</row>"),
        rows("more columns", "<row r=\"1\">" + number("ZZZ1", "1") + "</row>"),
        rows("more columns", "<row>" + "<c/>".repeat(16_385) + "</row>"),
        rows("more rows", "<row r=\"1048577\"/>"),
        rows("more rows", "<row r=\"999999999999\"/>"),
        rows("more rows", "<row r=\"-1\"/>"),
        rows("more rows", "<row/>".repeat(1_048_577)),
        rows("100000 characters", "<row>" + text("A1", "x".repeat(100_001)) + "</row>"),
        rows(
            "100000 characters",
            "<row><c><is>" + "<r><t>abcdefghij</t></r>".repeat(10_001) + "</is></c></row>"),
        rows("1048576 bytes", "<row x=\"" + "y".repeat(2_000_000) + "\"/>"),
        rows("nested too deeply", "<x>".repeat(100) + "</x>".repeat(100)),
        rows("comment, CDATA", "<row><!-- hidden --></row>"),
        rows("comment, CDATA", "<row><c><v><![CDATA[1]]></v></c></row>"),
        rows("not supported (d)", "<row><c t=\"d\"><v>2024-01-01</v></c></row>"),
        rows("not well-formed", "<row><c></row>"),
        rows("not well-formed", "<row>&lol;</row>"),
        rows("200 times its size", (" ".repeat(1_000) + "<row/>").repeat(30_000)),
        new Hostile(
            "comment, CDATA or a declaration",
            () ->
                new RawWorkbook()
                    .sheetPart(
                        "S",
                        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
                            + "<worksheet>&a;</worksheet>")
                    .bytes()),
        new Hostile(
            "not UTF-8",
            () ->
                new RawWorkbook()
                    .sheet("S", HEADER)
                    .part("xl/worksheets/sheet1.xml", "<worksheet/>".getBytes(UTF_16))
                    .bytes()),
        new Hostile("64 MiB of shared texts", ReadExcelStepTest::manySharedTexts),
        new Hostile(
            "5000 parts",
            () -> {
              RawWorkbook many = new RawWorkbook().sheet("S", HEADER);
              for (int i = 0; i < 5_001; i++) {
                many.part("x/" + i + ".bin", new byte[0]);
              }
              return many.bytes();
            }));
  }

  private static Hostile rows(String reason, String rows) {
    return new Hostile(reason, () -> sheet(rows));
  }

  /** An OLE 2 file as old Excel and encryption write it, with the name of a stream in it. */
  private static byte[] compoundFile(String stream) {
    byte[] file = new byte[4096];
    byte[] magic = HexFormat.of().parseHex("d0cf11e0a1b11ae1");
    System.arraycopy(magic, 0, file, 0, magic.length);
    byte[] name = stream.getBytes(UTF_16LE);
    System.arraycopy(name, 0, file, 1024, name.length);
    return file;
  }

  /** Incompressible, so that only their size is at fault. */
  private static byte[] manySharedTexts() throws IOException {
    Random random = new Random(5);
    byte[] noise = new byte[30];
    StringBuilder texts = new StringBuilder(69_000_000);
    while (texts.length() < 68_000_000) {
      random.nextBytes(noise);
      texts.append("<si><t>").append(HexFormat.of().formatHex(noise)).append("</t></si>");
    }
    return new RawWorkbook().sheet("S", HEADER).sharedTexts(texts.toString()).bytes();
  }

  private static byte[] sheet(String rows) throws IOException {
    return new RawWorkbook().sheet("S", rows).bytes();
  }

  private static byte[] zip(String name, String content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content.getBytes(UTF_8));
      zip.closeEntry();
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aFileThatCannotBeReadSafelyIsRefused(Hostile hostile) throws Exception {
    String message = failure(hostile.file().call(), Map.of());
    assertTrue(message.contains(hostile.reason()), message);
  }

  @Test
  void aSharedTextThatIsNotThereIsNoCrash() throws Exception {
    byte[] file =
        new RawWorkbook()
            .sharedTexts("<si><t>v</t></si>")
            .sheet(
                "S",
                "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
                    + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>99</v></c>"
                    + number("B2", "5")
                    + "</row>")
            .bytes();
    assertEquals("5", bench.rows(read(file, Map.of())).get(0).get(1));
  }
}

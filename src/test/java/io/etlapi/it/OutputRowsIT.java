package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task made, page by page and as files. */
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutputRowsIT {

  private static final String CSV =
      """
      id,amount,day,note
      001,10.50,2024-01-03,plain
      002,2.25,2024-01-01,=1+1
      003,,2024-01-02,"a ""b"", c"
      004,100.00,2024-01-04,x
      """;

  private final ServerProcess server;
  private final EtlClient client;
  private final TestFiles files;
  private String id = "";

  OutputRowsIT(ServerProcess server, EtlClient client, TestFiles files) {
    this.server = server;
    this.client = client;
    this.files = files;
  }

  @BeforeAll
  void read() {
    id =
        client
            .complete("read_csv", TestFiles.reading(files.write("rows.csv", CSV)))
            .string("task_id");
  }

  @Test
  void theRowsComeAsTheFileHasThem() {
    Answer page = rows("");

    assertEquals(
        "[{name=id, type=text}, {name=amount, type=decimal(5,2)}, {name=day, type=date},"
            + " {name=note, type=text}]",
        String.valueOf(page.at("columns")));
    assertEquals(
        "[[001, 10.50, 2024-01-03, plain], [002, 2.25, 2024-01-01, =1+1],"
            + " [003, null, 2024-01-02, a \"b\", c], [004, 100.00, 2024-01-04, x]]",
        String.valueOf(page.at("rows")));
    assertEquals(4, page.number("total_rows"));
    assertEquals(4, page.number("matching_rows"));
    assertEquals(null, page.at("next_offset"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "columns=id&sort=amount:desc|[[004], [001], [002], [003]]",
        "columns=id&sort=amount|[[002], [001], [004], [003]]",
        "columns=id&sort=day:asc|[[002], [003], [001], [004]]",
        "columns=note,id&limit=1|[[plain, 001]]",
        "columns=ID&offset=3|[[004]]",
        "columns=id&offset=99|[]",
        "columns=id&filter=amount%20%3E%205|[[001], [004]]",
        "columns=id&filter=amount%20%3E%205&sort=id:desc&limit=1|[[004]]"
      })
  void pagesAreSortedFilteredAndCut(String query, String expected) {
    assertEquals(expected, String.valueOf(rows(query).at("rows")));
  }

  @Test
  void pagesFitTogether() {
    Answer first = rows("limit=3&filter=" + encoded("amount > 1 OR id = '003'"));

    assertEquals(3, first.number("next_offset"));
    assertEquals(4, first.number("matching_rows"));
    assertEquals(null, rows("limit=3&offset=3").at("next_offset"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sort=nothing",
        "columns=id,nothing",
        "limit=0",
        "limit=1001",
        "limit=x",
        "offset=-1",
        "filter=amount%20%3E",
        "filter=amount",
        "filter=nothing%20%3D%201",
        "filter=1%3D1%3B%20DROP%20TABLE%20x",
        "filter=(SELECT%20count(*)%20FROM%20read_text('/etc/passwd'))%20%3E%200",
        "filter=id%20IN%20(SELECT%20'001')",
        "filter=CAST(note%20AS%20INTEGER)%20%3E%201"
      })
  void whatCannotBeAnsweredIsAProblem(String query) {
    Answer answer = client.get("/output/" + id + "/rows?" + query);

    assertEquals(422, answer.status(), answer.toString());
    assertEquals("application/problem+json", answer.contentType());
    assertTrue(!answer.text().contains(server.storage().toString()), answer.text());
  }

  @Test
  void allFaultsAreToldAtOnce() {
    Answer answer = client.get("/output/" + id + "/rows?sort=nay&columns=noe&filter=amount");

    assertTrue(answer.text().contains("/sort"), answer.text());
    assertTrue(answer.text().contains("/columns"), answer.text());
    assertTrue(answer.text().contains("/filter"), answer.text());
    assertTrue(answer.text().contains("did you mean 'day'?"), answer.text());
  }

  @Test
  void onlyACompletedTaskHasRows() {
    assertEquals(404, client.get("/output/none/rows").status());
    assertEquals(404, client.get("/output/01a21342-edef-7e94-a14b-3259fcc7b96a/rows").status());
    String slow = SlowJoin.on(client, files).run(client);
    assertEquals(409, client.get("/output/" + slow + "/rows").status());
    assertEquals(409, client.get("/output/" + slow + "/file").status());
    client.post("/stop/" + slow);
    client.awaitEnd(slow, Duration.ofSeconds(60));
  }

  @Test
  void aFileThatIsGoneIsSaidToBe() throws IOException {
    Answer made = client.complete("read_csv", TestFiles.reading(files.write("gone.csv", CSV)));
    Files.delete(Path.of(made.string("output", "file_info", "file_path")));

    assertEquals(410, client.get("/output/" + made.string("task_id") + "/rows").status());
    assertEquals(410, client.get("/output/" + made.string("task_id") + "/file").status());
  }

  @Test
  void aCsvIsSafeForSpreadsheetsUnlessToldOtherwise() {
    Answer safe = client.get("/output/" + id + "/file");
    Answer plain = client.get("/output/" + id + "/file?format=csv&safe=false");

    assertEquals(
        String.join(
            "\r\n",
            "id,amount,day,note",
            "001,10.50,2024-01-03,plain",
            "002,2.25,2024-01-01,'=1+1",
            "003,,2024-01-02,\"a \"\"b\"\", c\"",
            "004,100.00,2024-01-04,x",
            ""),
        safe.text());
    assertEquals(safe.text().replace("'=1+1", "=1+1"), plain.text());
    assertEquals("text/csv;charset=UTF-8", safe.contentType());
    assertTrue(safe.header("Content-Disposition").orElse("").contains(id + ".csv"));
  }

  @Test
  void aFileIsResumedByRangeAndKnownByItsTag() {
    String path = "/output/" + id + "/file?format=csv";
    Answer whole = client.get(path);
    String tag = whole.header("ETag").orElseThrow();

    assertEquals(304, client.get(path, "If-None-Match", tag).status());
    Answer part = client.get(path, "Range", "bytes=3-8");
    assertEquals(206, part.status());
    assertEquals(whole.text().substring(3, 9), part.text());
    int size = whole.text().length();
    assertEquals("bytes 3-8/" + size, part.header("Content-Range").orElse(""));
    assertEquals(whole.text().substring(size - 5), client.get(path, "Range", "bytes=-5").text());
    assertEquals(416, client.get(path, "Range", "bytes=" + size + "-").status());
    assertEquals(200, client.get(path, "Range", "lines=1-2").status());
  }

  @Test
  void everyFormatIsToBeHad() {
    Answer json = client.get("/output/" + id + "/file?format=json");
    assertEquals(4, json.array().size());
    assertTrue(client.get("/output/" + id + "/file?format=parquet").text().startsWith("PAR1"));
    assertTrue(client.get("/output/" + id + "/file?format=xlsx").text().startsWith("PK"));
    assertEquals(422, client.get("/output/" + id + "/file?format=pdf").status());
    assertEquals(422, client.get("/output/" + id + "/file?safe=perhaps").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json"})
  void anOutputThatIsAnotherFormatHasRowsToo(String type) {
    String made =
        client
            .complete(
                "output",
                Map.of("inputs", Map.of("rows", id), "custom_params", Map.of("output_type", type)))
            .string("task_id");

    Answer page = client.get("/output/" + made + "/rows?columns=id&sort=id:desc&limit=2");
    assertEquals("[[004], [003]]", String.valueOf(page.at("rows")), page.toString());
    assertTrue(client.get("/output/" + made + "/file?format=parquet").text().startsWith("PAR1"));
  }

  private Answer rows(String query) {
    Answer answer = client.get("/output/" + id + "/rows?" + query);
    assertEquals(200, answer.status(), answer.toString());
    return answer;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

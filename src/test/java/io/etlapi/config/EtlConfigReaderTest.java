package io.etlapi.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtlConfigReaderTest {

  private static final EtlConfigReader.Machine MACHINE =
      new EtlConfigReader.Machine(4, 8L << 30, 2L << 30, Path.of("/srv/etl"));

  @Test
  void withoutSettingsTheDefaultsHold() {
    EtlConfig config = read();
    assertEquals(new EtlConfig.Tasks(25, 1000, Duration.ofSeconds(15)), config.tasks());
    assertEquals(Path.of("/srv/etl/task_storage"), config.storage().directory());
    assertEquals(Duration.ofHours(24), config.storage().taskTtl());
    assertEquals(Duration.ZERO, config.storage().controlRetention());
    assertEquals(List.of(), config.paths().dataRoots());
    assertEquals(List.of(), config.paths().outputRoots());
    assertEquals(List.of(), config.paths().dataSources());
    assertEquals(new EtlConfig.Http(16L << 20, 64, 100_000, List.of(), 1000), config.http());
    assertEquals(new EtlConfig.Start(false, Optional.empty()), config.start());
    assertEquals(EtlConfig.Security.NONE, config.security());
  }

  @Test
  void theEngineGetsTheCoresAndMostOfTheMemoryThatTheHeapLeaves() {
    EtlConfig.Engine engine = read().engine();
    assertEquals(4, engine.permits());
    assertEquals((long) ((6L << 30) * 0.6), engine.memoryBytes());
  }

  @Test
  void everyFaultIsReportedAtOnceWithKeyValueAndWhatIsAllowed() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                read(
                    "MAX_CONCURRENT_TASKS", "0",
                    "ETL_QUEUE_CAPACITY", "many",
                    "TASK_TTL_HOURS", "-1",
                    "ETL_MAX_BODY_SIZE", "12 parsecs",
                    "ETL_RUN_SAMPLE", "maybe",
                    "ETL_CORS_ORIGINS", "*"));
    assertEquals(6, refused.faults().size());
    assertTrue(
        refused
            .faults()
            .contains("MAX_CONCURRENT_TASKS is '0': it must be a whole number from 1 to 256."));
    for (String key :
        List.of("ETL_QUEUE_CAPACITY", "TASK_TTL_HOURS", "ETL_MAX_BODY_SIZE", "ETL_RUN_SAMPLE")) {
      assertTrue(String.valueOf(refused.getMessage()).contains(key + " is '"), key);
    }
  }

  @Test
  void dataSourcesAreNamedAsTheServerKnowsThem() {
    assertEquals(
        List.of(
            "jdbc/warehouse", "java:comp/DefaultDataSource", "java:jboss/datasources/ExampleDS"),
        read(
                "ETL_DATASOURCES",
                "jdbc/warehouse, java:comp/DefaultDataSource,java:jboss/datasources/ExampleDS")
            .paths()
            .dataSources());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap://example.org/x", "rmi:x", "jdbc/a b", "../x"})
  void aNameThatWouldBeLookedUpElsewhereIsNoDataSource(String name) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> read("ETL_DATASOURCES", name));
    assertTrue(refused.faults().get(0).contains("ETL_DATASOURCES is '" + name + "'"));
  }

  @ParameterizedTest
  @CsvSource({
    "1024,1024",
    "1K,1024",
    "2 M,2097152",
    "3g,3221225472",
    "1GiB,1073741824",
    "1MB,1048576"
  })
  void sizesMayHaveAUnit(String text, long bytes) {
    assertEquals(bytes, read("ETL_MIN_FREE_SPACE", text).storage().minFreeBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5G", "G", "1P", "999999999999999T", "0x10"})
  void whatIsNoSizeIsRefused(String text) {
    assertThrows(ConfigException.class, () -> read("ETL_MIN_FREE_SPACE", text));
  }

  @ParameterizedTest
  @CsvSource({"0.5,PT30M", "24,PT24H", "876000,PT876000H"})
  void theTimeToLiveMayBeAFractionOfAnHour(String text, Duration ttl) {
    assertEquals(ttl, read("TASK_TTL_HOURS", text).storage().taskTtl());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "NaN", "Infinity", "876001", "a day"})
  void whatIsNoTimeToLiveIsRefused(String text) {
    assertThrows(ConfigException.class, () -> read("TASK_TTL_HOURS", text));
  }

  @Test
  void pathsResolveAgainstTheWorkingDirectory() {
    EtlConfig.Paths paths = read("ETL_DATA_ROOTS", "data, /mnt/../mnt/in ,,").paths();
    assertEquals(List.of(Path.of("/srv/etl/data"), Path.of("/mnt/in")), paths.dataRoots());
  }

  @Test
  void aBlankSettingIsNone() {
    assertEquals(25, read("MAX_CONCURRENT_TASKS", "  ").tasks().maxConcurrent());
  }

  @Test
  void originsAreKeptInLowerCase() {
    assertEquals(
        List.of("https://etl.example.org", "http://localhost:3000"),
        read("ETL_CORS_ORIGINS", "https://ETL.example.org,http://localhost:3000")
            .http()
            .corsOrigins());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "null",
        "example.org",
        "https://example.org/path",
        "https://example.org/",
        "ftp://example.org",
        "https://",
        "https://user@example.org",
        "https://example.org?x"
      })
  void whatIsNoOriginIsRefused(String origin) {
    assertThrows(ConfigException.class, () -> read("ETL_CORS_ORIGINS", origin));
  }

  @Test
  void trustedProxiesAreAddressesAndNoNames() {
    assertEquals(
        List.of("10.0.0.5", "fd00::1"),
        read("ETL_TRUSTED_PROXIES", "10.0.0.5, FD00::1").security().trustedProxies());
    assertThrows(ConfigException.class, () -> read("ETL_TRUSTED_PROXIES", "proxy.example.org"));
  }

  @Test
  void theMachineIsKnown() {
    EtlConfigReader.Machine machine = ConfigProducer.machine();
    assertTrue(machine.cores() >= 1);
    assertTrue(machine.memoryBytes() > 64L << 20, "memory of a real machine");
    assertTrue(machine.heapBytes() > 0);
    assertTrue(machine.workingDirectory().isAbsolute());
  }

  private static EtlConfig read(String... keysAndValues) {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new EtlConfigReader(key -> Optional.ofNullable(settings.get(key)), MACHINE).read();
  }
}

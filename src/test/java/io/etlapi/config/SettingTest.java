package io.etlapi.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SettingTest {

  @Test
  void everySettingIsShownWithItsDefaultAndWhetherItWasSet() {
    Map<String, Setting> shown =
        shown(Map.of("MAX_CONCURRENT_TASKS", "3", "ETL_MAX_BODY_SIZE", " 8M "));

    assertEquals(
        new Setting("MAX_CONCURRENT_TASKS", "3", "set", "25"), shown.get("MAX_CONCURRENT_TASKS"));
    assertEquals(
        new Setting("ETL_MAX_BODY_SIZE", "8M", "set", "16M"), shown.get("ETL_MAX_BODY_SIZE"));
    assertEquals(
        new Setting("ETL_QUEUE_CAPACITY", "1000", "default", "1000"),
        shown.get("ETL_QUEUE_CAPACITY"));
    assertEquals(new Setting("ETL_STEPS_DIR", "", "default", ""), shown.get("ETL_STEPS_DIR"));
    assertEquals(
        new Setting("ETL_MIN_FREE_SPACE", "64M", "default", "64M"),
        shown.get("ETL_MIN_FREE_SPACE"));
  }

  @Test
  void aSourceIsNamedOnlyWhereItSetAValue() {
    Setting set = Setting.of("ETL_RUN_SAMPLE", Optional.of("true"), "false");
    Setting unset = Setting.of("ETL_RUN_SAMPLE", Optional.empty(), "false");

    assertEquals("environment", set.from("environment").source());
    assertEquals("default", unset.from("environment").source());
  }

  @Test
  void secretsAreMaskedAndFoldersOfSecretsAreNot() {
    for (String key : List.of("ETL_TOKEN", "ETL_DB_PASSWORD", "ETL_SECRET", "ETL_API_KEY")) {
      Setting setting = Setting.of(key, Optional.of("hunter2"), "");
      assertEquals("***", setting.value(), key);
      assertFalse(setting.toString().contains("hunter2"), key);
    }
    assertEquals("/etc/etl", Setting.of("ETL_SECRETS_DIR", Optional.of("/etc/etl"), "").value());
    assertEquals(
        "http://***@host/x",
        Setting.of("ETL_PUBLIC_URL", Optional.of("http://ada:hunter2@host/x"), "").value());
    assertEquals("", Setting.of("ETL_TOKEN", Optional.empty(), "").value(), "there is none");
  }

  private static Map<String, Setting> shown(Map<String, String> values) {
    EtlConfigReader reader =
        new EtlConfigReader(
            key -> Optional.ofNullable(values.get(key)),
            new EtlConfigReader.Machine(2, 4L << 30, 1L << 30, Path.of("/srv")));
    EtlConfig unused = reader.read();
    return reader.settings().stream().collect(Collectors.toMap(Setting::key, Function.identity()));
  }
}

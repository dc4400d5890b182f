package io.etlapi.database;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.config.EtlConfig;
import io.etlapi.config.EtlConfigReader;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerDataSourcesTest {

  @Test
  void aNameThatIsNotListedIsRefusedWithoutALookUp() {
    String refused = refused("jdbc/warehouse", "ldap://example.org/x");
    assertTrue(refused.contains("ETL_DATASOURCES"), refused);
    assertTrue(refused.contains("is not one that requests may name"), refused);
    assertTrue(refused("", "jdbc/warehouse").contains("none is"));
  }

  @Test
  void aListedNameThatTheServerDoesNotHaveIsNamed() {
    String refused = refused("jdbc/warehouse", "jdbc/warehouse");
    assertTrue(refused.contains("The server has no DataSource named 'jdbc/warehouse'"), refused);
  }

  private static String refused(String allowed, String asked) {
    ServerDataSources sources = new ServerDataSources(config(allowed));
    return String.valueOf(
        assertThrows(DatabaseException.class, () -> sources.open(asked)).getMessage());
  }

  private static EtlConfig config(String dataSources) {
    return new EtlConfigReader(
            key -> key.equals("ETL_DATASOURCES") ? Optional.of(dataSources) : Optional.empty(),
            new EtlConfigReader.Machine(2, 4L << 30, 1L << 30, Path.of("").toAbsolutePath()))
        .read();
  }
}

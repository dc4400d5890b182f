package io.etlapi.it.servers;

import io.etlapi.it.server.ServerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** With the feature that the server has for it; {@link OpenLibertySuiteIT} runs without. */
@Tag("servers")
class OpenLibertySpansIT extends SpansSuite {
  OpenLibertySpansIT() {
    super(ServerKind.OPEN_LIBERTY);
  }

  @BeforeAll
  @Override
  void start() throws IOException {
    Path overrides =
        server.storage().resolveSibling("usr/servers/etl/configDropins/overrides/telemetry.xml");
    Files.createDirectories(overrides.getParent());
    Files.writeString(
        overrides,
        """
        <server>
          <featureManager><feature>mpTelemetry-2.1</feature></featureManager>
        </server>
        """);
    super.start();
  }
}

package io.etlapi.step.spreadsheet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a workbook so that the same content gives the same bytes: the time at which it was made,
 * which the writer puts in, gives way to one that the caller names.
 */
public final class ReproducibleWorkbook {

  private static final String PROPERTIES = "docProps/core.xml";
  private static final String CREATED = "(<dcterms:created[^>]*>)[^<]*(</dcterms:created>)";

  /** The earliest time that an archive can hold. */
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private ReproducibleWorkbook() {}

  /**
   * Copies a workbook.
   *
   * @param out closed when this returns
   * @param created what the workbook says of when it was made
   */
  public static void copy(Path workbook, OutputStream out, Instant created) throws IOException {
    try (ZipFile from = new ZipFile(workbook.toFile());
        ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipEntry entry : Collections.list(from.entries())) {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(ENTRY_TIME);
        to.putNextEntry(copy);
        try (InputStream content = from.getInputStream(entry)) {
          if (entry.getName().equals(PROPERTIES)) {
            String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
            to.write(
                text.replaceFirst(CREATED, "$1" + created + "$2").getBytes(StandardCharsets.UTF_8));
          } else {
            content.transferTo(to);
          }
        }
        to.closeEntry();
      }
    }
  }
}

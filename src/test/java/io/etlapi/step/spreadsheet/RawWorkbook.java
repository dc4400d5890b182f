package io.etlapi.step.spreadsheet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Workbooks written part by part, as no library would write them. */
public final class RawWorkbook {

  private static final String MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  private static final String PACKAGE =
      "http://schemas.openxmlformats.org/package/2006/relationships";
  private static final String OFFICE =
      "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

  private final Map<String, byte[]> parts = new LinkedHashMap<>();
  private final StringBuilder sheets = new StringBuilder();
  private final StringBuilder relations = new StringBuilder();
  private final StringBuilder overrides = new StringBuilder();
  private int count;
  private boolean date1904;

  /** Adds a sheet with the rows of its {@code sheetData} as XML. */
  public RawWorkbook sheet(String name, String rows) {
    return sheetPart(
        name, "<worksheet xmlns=\"" + MAIN + "\"><sheetData>" + rows + "</sheetData></worksheet>");
  }

  /** Adds a sheet whose part is given whole. */
  public RawWorkbook sheetPart(String name, String xml) {
    count++;
    part("xl/worksheets/sheet" + count + ".xml", xml);
    sheets.append(
        "<sheet name=\"%s\" sheetId=\"%d\" r:id=\"rId%d\"/>".formatted(name, count, count));
    relations.append(
        "<Relationship Id=\"rId%d\" Target=\"worksheets/sheet%d.xml\" Type=\"%s/worksheet\"/>"
            .formatted(count, count, OFFICE));
    overrides.append(
        ("<Override PartName=\"/xl/worksheets/sheet%d.xml\" ContentType=\"application/vnd."
                + "openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>")
            .formatted(count));
    return this;
  }

  /** Adds the shared texts, as XML. */
  public RawWorkbook sharedTexts(String items) {
    part("xl/sharedStrings.xml", "<sst xmlns=\"" + MAIN + "\">" + items + "</sst>");
    relations.append(
        "<Relationship Id=\"rIdS\" Target=\"sharedStrings.xml\" Type=\"%s/sharedStrings\"/>"
            .formatted(OFFICE));
    overrides.append(
        "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/vnd."
            + "openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/>");
    return this;
  }

  /** Adds cell styles, each with a number format of its own: {@code s="1"} is the first. */
  public RawWorkbook formats(String... formats) {
    StringBuilder known = new StringBuilder();
    StringBuilder styles = new StringBuilder("<xf numFmtId=\"0\"/>");
    for (int i = 0; i < formats.length; i++) {
      known.append(
          "<numFmt numFmtId=\"%d\" formatCode=\"%s\"/>"
              .formatted(200 + i, formats[i].replace("\"", "&quot;")));
      styles.append("<xf numFmtId=\"" + (200 + i) + "\"/>");
    }
    part(
        "xl/styles.xml",
        "<styleSheet xmlns=\"%s\"><numFmts>%s</numFmts><cellXfs>%s</cellXfs></styleSheet>"
            .formatted(MAIN, known, styles));
    relations.append(
        "<Relationship Id=\"rIdF\" Target=\"styles.xml\" Type=\"%s/styles\"/>".formatted(OFFICE));
    overrides.append(
        "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd."
            + "openxmlformats-officedocument.spreadsheetml.styles+xml\"/>");
    return this;
  }

  /** Counts days from 1904, as old Macintosh workbooks do. */
  public RawWorkbook date1904() {
    date1904 = true;
    return this;
  }

  /** Adds any part. */
  public RawWorkbook part(String name, String content) {
    return part(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds any part. */
  public RawWorkbook part(String name, byte[] content) {
    parts.put(name, content);
    return this;
  }

  /** The file. */
  public byte[] bytes() throws IOException {
    part(
        "xl/workbook.xml",
        "<workbook xmlns=\"%s\" xmlns:r=\"%s\"><workbookPr date1904=\"%s\"/><sheets>%s</sheets></workbook>"
            .formatted(MAIN, OFFICE, date1904, sheets));
    part(
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"%s\">%s</Relationships>".formatted(PACKAGE, relations));
    part(
        "_rels/.rels",
        ("<Relationships xmlns=\"%s\"><Relationship Id=\"rId1\" Target=\"xl/workbook.xml\""
                + " Type=\"%s/officeDocument\"/></Relationships>")
            .formatted(PACKAGE, OFFICE));
    part(
        "[Content_Types].xml",
        ("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default"
                + " Extension=\"rels\""
                + " ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default"
                + " Extension=\"xml\" ContentType=\"application/xml\"/><Override"
                + " PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd."
                + "openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>%s</Types>")
            .formatted(overrides));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }
}

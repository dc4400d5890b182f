package io.etlapi.step.spreadsheet;

import java.io.IOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Walks through one XML part of a workbook before the Excel library does, and refuses what that
 * would make into something huge: a cell far to the right, a long text, deep nesting.
 */
final class PartCheck {

  static final int MAX_ROWS = WorkbookWriter.MAX_ROWS;
  static final int MAX_COLUMNS = WorkbookWriter.MAX_COLUMNS;

  private static final int MAX_DEPTH = 64;
  private static final int MAX_TEXT = 100_000;

  /** Only sheets may be large; the library holds all other parts in memory. */
  private static final long MAX_SMALL_PART = 64L << 20;

  private static final Pattern ADDRESS = Pattern.compile("([A-Z]{1,3})([0-9]{1,7})");
  private static final Set<String> CELL_TYPES = Set.of("b", "e", "inlineStr", "n", "s", "str");

  private static final XMLInputFactory XML = xml();

  private final PartStream part;
  private boolean sheet;
  private int depth;
  private int textLength;
  private int rows;
  private int cellsInRow;

  private PartCheck(PartStream part) {
    this.part = part;
  }

  private static XMLInputFactory xml() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    return factory;
  }

  static void check(PartStream part) throws IOException, InterruptedException {
    try {
      new PartCheck(part).walk(XML.createXMLStreamReader(part));
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof PartStream.Refused refused) {
        throw refused;
      }
      throw new PartStream.Refused("has a part that is not well-formed");
    }
  }

  private void walk(XMLStreamReader xml)
      throws XMLStreamException, IOException, InterruptedException {
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> start(xml);
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS -> {
          textLength += xml.getTextLength();
          if (textLength > MAX_TEXT) {
            throw new PartStream.Refused(
                "has a text of more than " + MAX_TEXT + " characters in one cell");
          }
        }
        default -> {}
      }
    }
  }

  private void start(XMLStreamReader xml) throws IOException, InterruptedException {
    if (++depth > MAX_DEPTH) {
      throw new PartStream.Refused("has a part that is nested too deeply");
    }
    String name = xml.getLocalName();
    if (depth == 1) {
      sheet = name.equals("worksheet");
    }
    if (!sheet && part.bytes() > MAX_SMALL_PART) {
      throw new PartStream.Refused(
          "has more than " + MAX_SMALL_PART / (1 << 20) + " MiB of shared texts or styles");
    }
    switch (name) {
      case "row" -> row(xml.getAttributeValue(null, "r"));
      case "c" -> cell(xml.getAttributeValue(null, "r"), xml.getAttributeValue(null, "t"));
      case "t", "v", "is", "f", "r", "rPr" -> {}
      default -> textLength = 0;
    }
  }

  private void row(@Nullable String number) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("stopped while checking a workbook");
    }
    textLength = 0;
    cellsInRow = 0;
    boolean valid =
        number == null
            || (number.matches("[0-9]{1,7}")
                && Integer.parseInt(number) >= 1
                && Integer.parseInt(number) <= MAX_ROWS);
    if (++rows > MAX_ROWS || !valid) {
      throw new PartStream.Refused("has more rows than the " + MAX_ROWS + " of a sheet");
    }
  }

  private void cell(@Nullable String address, @Nullable String type) throws IOException {
    textLength = 0;
    if (++cellsInRow > MAX_COLUMNS || (address != null && column(address) > MAX_COLUMNS)) {
      throw new PartStream.Refused("has more columns than the " + MAX_COLUMNS + " of a sheet");
    }
    if (sheet && type != null && !CELL_TYPES.contains(type)) {
      throw new PartStream.Refused(
          "has a cell of a type that is not supported ("
              + (type.length() > 10 ? type.substring(0, 10) : type)
              + "); save it again as an Excel workbook (.xlsx), not as Strict Open XML");
    }
  }

  private int column(String address) throws IOException {
    Matcher matcher = ADDRESS.matcher(address);
    if (!matcher.matches()) {
      if (sheet) {
        throw new PartStream.Refused("has a cell without a proper address");
      }
      return 0;
    }
    int column = 0;
    for (char letter : matcher.group(1).toCharArray()) {
      column = column * 26 + (letter - 'A' + 1);
    }
    return column;
  }
}

package io.etlapi.step.spreadsheet;

import io.etlapi.step.StepException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.dhatim.fastexcel.reader.ReadableWorkbook;

/**
 * Decides whether a file is an Excel workbook that can be read in bounded memory, before the Excel
 * library opens it. Sizes are measured while unpacking; those that the archive declares are not
 * believed. Reads the archive through the library that the Excel library uses, so both see the
 * same.
 */
final class WorkbookGuard {

  static final int MAX_PARTS = 5_000;
  static final long MAX_UNPACKED = 4L << 30;

  private static final int HEAD = 1 << 20;
  private static final byte[] ENCRYPTED = "EncryptedPackage".getBytes(StandardCharsets.UTF_16LE);

  private WorkbookGuard() {}

  /**
   * Checks a file.
   *
   * @param sent as the request named it, for messages
   * @return whether the workbook has styles; one without has no formats, and the Excel library must
   *     not be asked for any
   * @throws StepException if it is no workbook, or one that cannot be read safely
   */
  static boolean check(Path file, String sent) throws StepException, InterruptedException {
    try {
      checkHead(file, sent);
      try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
        return checkParts(zip, sent).stream().anyMatch(name -> name.endsWith("styles.xml"));
      }
    } catch (PartStream.Refused e) {
      throw new StepException("The workbook '" + sent + "' " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new StepException(
          "The file '" + sent + "' is damaged: it is no complete Excel workbook (.xlsx).", e);
    }
  }

  private static void checkHead(Path file, String sent) throws IOException, StepException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD);
    }
    if (head.length == 0) {
      throw new StepException("The file '" + sent + "' is empty.");
    }
    if (head.length >= 8 && ReadableWorkbook.isOLE2Header(head)) {
      throw new StepException(
          contains(head, ENCRYPTED)
              ? "The workbook '" + sent + "' is encrypted; save it without a password."
              : "The file '" + sent + "' is an old Excel file (.xls); save it as .xlsx.");
    }
    if (head.length < 4 || !ReadableWorkbook.isOOXMLZipHeader(head)) {
      throw new StepException("The file '" + sent + "' is not an Excel workbook (.xlsx).");
    }
  }

  private static Set<String> checkParts(ZipFile zip, String sent)
      throws IOException, StepException, InterruptedException {
    Set<String> names = new HashSet<>();
    long left = MAX_UNPACKED;
    for (ZipArchiveEntry part : Collections.list(zip.getEntries())) {
      if (!names.add(part.getName())) {
        throw new PartStream.Refused("has two parts of the same name");
      }
      if (names.size() > MAX_PARTS) {
        throw new PartStream.Refused("has more than " + MAX_PARTS + " parts");
      }
      if (part.getGeneralPurposeBit().usesEncryption()) {
        throw new StepException(
            "The workbook '" + sent + "' is encrypted; save it without a password.");
      }
      if (!part.isDirectory()) {
        left -= check(zip, part, left);
      }
    }
    if (names.contains("xl/workbook.bin")) {
      throw new StepException(
          "The file '" + sent + "' is a binary workbook (.xlsb); save it as .xlsx.");
    }
    if (!names.contains("[Content_Types].xml") || names.stream().noneMatch(WorkbookGuard::isBook)) {
      throw new StepException(
          "The file '" + sent + "' is a ZIP archive, but no Excel workbook (.xlsx).");
    }
    return names;
  }

  private static boolean isBook(String name) {
    return name.startsWith("xl/") && name.endsWith(".xml");
  }

  /** Pictures and other binary parts are never opened; the library does not either. */
  private static long check(ZipFile zip, ZipArchiveEntry part, long left)
      throws IOException, InterruptedException {
    try (InputStream in = new BufferedInputStream(zip.getInputStream(part))) {
      in.mark(8);
      byte[] first = in.readNBytes(4);
      in.reset();
      boolean text =
          part.getName().endsWith(".xml")
              || part.getName().endsWith(".rels")
              || new String(first, StandardCharsets.ISO_8859_1).strip().startsWith("<")
              || (first.length > 1 && (first[0] & 0xFF) >= 0xEF);
      if (!text) {
        return 0;
      }
      PartStream bounded = new PartStream(in, left, part.getCompressedSize());
      PartCheck.check(bounded);
      return bounded.bytes();
    }
  }

  private static boolean contains(byte[] text, byte[] word) {
    for (int i = 0; i + word.length <= text.length; i++) {
      int j = 0;
      while (j < word.length && text[i + j] == word[j]) {
        j++;
      }
      if (j == word.length) {
        return true;
      }
    }
    return false;
  }
}

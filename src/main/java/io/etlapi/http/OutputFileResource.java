package io.etlapi.http;

import io.etlapi.execution.OutputDesk;
import io.etlapi.step.workflow.OutputTable.Format;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task's output as a file to keep. */
@ApplicationScoped
@Path("output/{id}/file")
public class OutputFileResource {

  private static final int BUFFER = 64 * 1024;

  @Inject OutputDesk desk;

  /**
   * The file in a format, whole or a part of it.
   *
   * @param safe whether CSV cells that a spreadsheet would compute are defused
   */
  @GET
  public Response file(
      @PathParam("id") String id,
      @QueryParam("format") @Nullable String format,
      @QueryParam("safe") @Nullable String safe,
      @Context Request request,
      @Context HttpHeaders headers) {
    TaskId task = TaskIds.require(id);
    Format wanted = format(format);
    boolean defused = flag(safe);
    EntityTag tag = new EntityTag(desk.tag(task, wanted, defused));
    Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
    if (unchanged != null) {
      return unchanged.tag(tag).build();
    }
    OutputDesk.Download download = desk.file(task, wanted, defused);
    try {
      // Opened now: a file that is gone must not be a 200, and who reads it keeps it.
      FileChannel channel = FileChannel.open(download.file(), StandardOpenOption.READ);
      return respond(channel, ranged(headers, tag), request.getMethod())
          .tag(tag)
          .type(mediaType(wanted))
          .header("Accept-Ranges", "bytes")
          .header(
              HttpHeaders.CONTENT_DISPOSITION,
              "attachment; filename=\""
                  + task
                  + "."
                  + wanted.name().toLowerCase(Locale.ROOT)
                  + "\"")
          .build();
    } catch (IOException e) {
      throw new TaskException(Reason.GONE, "The file of task " + task + " is gone.", e);
    }
  }

  private static Response.ResponseBuilder respond(
      FileChannel channel, Optional<String> range, String method) throws IOException {
    long size = channel.size();
    Optional<ByteRange> part = range.flatMap(header -> ByteRange.parse(header, size));
    if (part.isPresent() && part.get().length() == 0) {
      channel.close();
      return Response.status(Response.Status.REQUESTED_RANGE_NOT_SATISFIABLE)
          .header("Content-Range", "bytes */" + size);
    }
    ByteRange sent = part.orElse(new ByteRange(0, size));
    StreamingOutput body = out -> send(channel, sent, out);
    if (method.equals(HttpMethod.HEAD)) {
      channel.close();
      body = out -> {};
    }
    Response.ResponseBuilder response =
        part.isPresent()
            ? Response.status(Response.Status.PARTIAL_CONTENT)
                .entity(body)
                .header("Content-Range", sent.contentRange(size))
            : Response.ok(body);
    return response.header(HttpHeaders.CONTENT_LENGTH, sent.length());
  }

  private static void send(FileChannel channel, ByteRange range, OutputStream out)
      throws IOException {
    try (InputStream in = Channels.newInputStream(channel.position(range.from()))) {
      byte[] buffer = new byte[BUFFER];
      long left = range.length();
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException("the file became shorter");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }

  /** The range that is asked for, unless it is one of another content. */
  private static Optional<String> ranged(HttpHeaders headers, EntityTag tag) {
    String condition = headers.getHeaderString("If-Range");
    return condition == null || condition.strip().equals("\"" + tag.getValue() + "\"")
        ? Optional.ofNullable(headers.getHeaderString("Range"))
        : Optional.empty();
  }

  private static Format format(@Nullable String text) {
    String word = text == null ? "csv" : text.strip();
    return Arrays.stream(Format.values())
        .filter(format -> format.name().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                TaskException.invalid(
                    List.of(
                        new Fault(
                            "/format",
                            "format is '"
                                + ObjectReader.clip(word)
                                + "': it must be csv, parquet, xlsx or json."))));
  }

  private static boolean flag(@Nullable String text) {
    if (text == null || text.equals("true")) {
      return true;
    }
    if (text.equals("false")) {
      return false;
    }
    throw TaskException.invalid(List.of(new Fault("/safe", "safe must be true or false.")));
  }

  private static String mediaType(Format format) {
    return switch (format) {
      case CSV -> "text/csv;charset=UTF-8";
      case JSON -> "application/json";
      case PARQUET -> "application/vnd.apache.parquet";
      case XLSX -> "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    };
  }
}

package io.etlapi.store;

import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.ehcache.spi.serialization.Serializer;
import org.ehcache.spi.serialization.SerializerException;
import org.jspecify.annotations.Nullable;

/**
 * A record as the disk tier of the cache keeps it: the stamp, the id, the members without the
 * result, the result. The result was proved to be whole when it was read from its file; apart from
 * the rest, it need not be parsed again. Thread-safe.
 */
final class KeptRecordSerializer implements Serializer<KeptRecord> {

  private static final int HEADER_BYTES = 4 * Long.BYTES + Integer.BYTES;

  @Override
  public ByteBuffer serialize(KeptRecord kept) {
    Task task = kept.task();
    byte[] members = TaskJson.encodeMembers(task);
    byte[] result =
        task.state().result() instanceof TaskResult.Inline inline
            ? inline.json().getBytes(StandardCharsets.UTF_8)
            : new byte[0];
    return ByteBuffer.allocate(HEADER_BYTES + members.length + result.length)
        .putLong(kept.stamp().bytes())
        .putLong(kept.stamp().modifiedNanos())
        .putLong(task.id().uuid().getMostSignificantBits())
        .putLong(task.id().uuid().getLeastSignificantBits())
        .putInt(members.length)
        .put(members)
        .put(result)
        .flip();
  }

  @Override
  public KeptRecord read(ByteBuffer binary) {
    ByteBuffer in = binary.duplicate();
    FileStamp stamp = new FileStamp(in.getLong(), in.getLong());
    TaskId id = new TaskId(new UUID(in.getLong(), in.getLong()));
    String members = text(in, in.getInt());
    String result = in.hasRemaining() ? text(in, in.remaining()) : null;
    return new KeptRecord(stamp, decode(id, members, result));
  }

  private static Task decode(TaskId id, String members, @Nullable String result) {
    try {
      return TaskJson.decodeMembers(id, members, result);
    } catch (UnreadableRecordException e) {
      throw new SerializerException(e);
    }
  }

  private static String text(ByteBuffer in, int bytes) {
    byte[] utf8 = new byte[bytes];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(KeptRecord kept, ByteBuffer binary) {
    return kept.equals(read(binary));
  }
}

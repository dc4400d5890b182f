package io.etlapi.json;

/**
 * Bounds on JSON from strangers, checked while reading, before anything is bound.
 *
 * @param maxDepth nested arrays and objects
 * @param maxFields object members in the whole document
 * @param maxBytes size of the text
 */
public record JsonLimits(int maxDepth, int maxFields, long maxBytes) {

  /** For documents of this server's own: files it wrote, resources it ships. */
  public static final JsonLimits OWN = new JsonLimits(200, 50_000_000, Long.MAX_VALUE);
}

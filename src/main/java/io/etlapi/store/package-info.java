/**
 * Durable state: one JSON file per task (the truth), a cache in front of it, the folders and logs
 * of tasks. The only room that writes below the storage folder, apart from a running step in its
 * own attempt folder.
 */
@NullMarked
package io.etlapi.store;

import org.jspecify.annotations.NullMarked;

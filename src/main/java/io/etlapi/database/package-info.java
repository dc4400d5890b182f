/**
 * Tables of other databases, reached through the DataSources of the server: the only room that
 * speaks JDBC to something that is not the embedded engine. Values pass as texts, so none loses a
 * digit on the way.
 */
@NullMarked
package io.etlapi.database;

import org.jspecify.annotations.NullMarked;

/**
 * Live events over HTTP (Server-Sent Events): one ring of what happened, and streams that each know
 * how far their client is. Nothing here waits for a client.
 */
@NullMarked
package io.etlapi.http.live;

import org.jspecify.annotations.NullMarked;

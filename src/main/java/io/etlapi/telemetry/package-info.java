/**
 * Shows what the server does as spans of OpenTelemetry, through the API of the server it runs on.
 * Optional: where that API is absent these classes cannot be loaded, and CDI leaves them out.
 * Nothing else may refer to this room.
 */
@NullMarked
package io.etlapi.telemetry;

import org.jspecify.annotations.NullMarked;

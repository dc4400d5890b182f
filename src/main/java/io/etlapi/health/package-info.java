/**
 * What the server tells the health feature of the server it runs on (MicroProfile Health).
 * Optional: where that feature is absent these classes cannot be loaded, and CDI leaves them out.
 * Nothing else may refer to this room.
 */
@NullMarked
package io.etlapi.health;

import org.jspecify.annotations.NullMarked;

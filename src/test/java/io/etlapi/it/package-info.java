/** The system seen from outside: real servers, HTTP, files on disk. Named *IT; run by Failsafe. */
@NullMarked
package io.etlapi.it;

import org.jspecify.annotations.NullMarked;

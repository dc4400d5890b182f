/** The console as an operator sees it: a real server and a real browser. */
@NullMarked
package io.etlapi.it.console;

import org.jspecify.annotations.NullMarked;

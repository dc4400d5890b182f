@NullMarked
package io.etlapi.http.live;

import org.jspecify.annotations.NullMarked;

/** Tests of the storage: on real files, with a disk that can be made to fail. */
@NullMarked
package io.etlapi.store;

import org.jspecify.annotations.NullMarked;

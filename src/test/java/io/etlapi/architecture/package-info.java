/** The rooms of the house and the walls between them. */
@NullMarked
package io.etlapi.architecture;

import org.jspecify.annotations.NullMarked;

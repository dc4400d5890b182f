/**
 * What a completeness control is: the typed form of its configuration document and the rules a
 * document must keep. Nothing here reads data files.
 */
@NullMarked
package io.etlapi.step.completeness.control;

import org.jspecify.annotations.NullMarked;

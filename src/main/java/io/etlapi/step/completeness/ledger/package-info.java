/**
 * Carries the breaks of a control over its run dates: which break of today is one of yesterday, how
 * old it is, why it closed; and the ledger that keeps every run date's result, committed by one
 * atomic switch. Knows nothing of how rows are matched.
 */
@NullMarked
package io.etlapi.step.completeness.ledger;

import org.jspecify.annotations.NullMarked;

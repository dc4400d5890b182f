/**
 * Matching and proof: from the transformed rows of both sides to matches, breaks and the accounts
 * that show nothing was lost. The rules are SQL over one engine session; the steps only connect
 * them to files. How breaks live on over run dates is the ledger's business.
 */
@NullMarked
package io.etlapi.step.completeness.matching;

import org.jspecify.annotations.NullMarked;

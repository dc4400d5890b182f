/**
 * Who may call: tokens, sessions, roles, the table of routes, limits per client and the audit log.
 * Decides from facts about a request, before any resource sees it; knows no HTTP types.
 */
@NullMarked
package io.etlapi.security;

import org.jspecify.annotations.NullMarked;

package io.etlapi.http;

/**
 * What an answer's JSON body shows: a record whose components become members in snake_case. A
 * component that is null becomes a member that is null, so clients always find the field.
 */
public interface View {}

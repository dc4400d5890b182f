package io.etlapi.security;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do; each role may do what the ones before it may. */
public enum Role {
  /** Sees everything that is not a secret, and changes nothing. */
  VIEWER,
  /** Runs, stops and removes tasks, and acts on breaks. */
  OPERATOR,
  /** Decides what can be run, when, and by whom. */
  ADMIN;

  /** As it is written in files, requests and answers. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of that word; empty if there is none. */
  public static Optional<Role> of(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findAny();
  }

  /** Whether this role may do what needs another. */
  public boolean includes(Role needed) {
    return compareTo(needed) >= 0;
  }

  /** The words of this role and of all that it includes, the least first. */
  public List<String> words() {
    return Arrays.stream(values()).filter(this::includes).map(Role::word).toList();
  }
}

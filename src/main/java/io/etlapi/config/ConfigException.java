package io.etlapi.config;

import java.util.List;

/** Settings that cannot be used; one line per fault, each naming key, value and what is allowed. */
public class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> faults;

  public ConfigException(List<String> faults) {
    super(String.join("; ", faults));
    this.faults = List.copyOf(faults);
  }

  public List<String> faults() {
    return faults;
  }
}

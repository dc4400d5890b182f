package io.etlapi.config;

import java.util.List;

/**
 * The settings in force, for people to look at.
 *
 * @param settings by key; secrets masked
 */
public record EffectiveSettings(List<Setting> settings) {
  public EffectiveSettings {
    settings = List.copyOf(settings);
  }
}

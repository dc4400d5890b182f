package io.etlapi.step.parameters;

import io.etlapi.step.StepParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Names in a parameter that {@link ParameterSchema#names} describes: an array of texts, or one text
 * in which commas separate them. A name with a comma in it needs the array.
 */
public final class NameList {

  private NameList() {}

  /** The names in order, without outer white space; empty if the parameter is absent or blank. */
  public static List<String> of(StepParameters parameters, String name) {
    Object value = parameters.asMap().get(name);
    List<String> names = new ArrayList<>();
    if (value instanceof List<?> items) {
      items.forEach(item -> names.add(String.valueOf(item)));
    } else if (value instanceof String text) {
      for (String item : text.split(",", -1)) {
        if (!item.isBlank()) {
          names.add(item.strip());
        }
      }
    }
    return names;
  }
}

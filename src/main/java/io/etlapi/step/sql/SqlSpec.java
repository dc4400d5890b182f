package io.etlapi.step.sql;

import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.task.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an SQL step runs.
 *
 * @param inputs names under which the statements find the outputs of earlier steps
 * @param statements run in this order; the last is a query whose rows are the result
 */
public record SqlSpec(List<String> inputs, List<SqlStatement> statements) {

  public SqlSpec {
    inputs = List.copyOf(inputs);
    statements = List.copyOf(statements);
  }

  /**
   * Reads the {@code sql} member of a definition whose shape has been checked.
   *
   * @param faults takes what is wrong
   */
  public static SqlSpec read(
      Map<String, @Nullable Object> body, ParameterRules rules, List<Fault> faults) {
    List<String> inputs = texts(body.get("inputs"));
    List<SqlStatement> statements = new ArrayList<>();
    List<String> texts = texts(body.get("statements"));
    for (int i = 0; i < texts.size(); i++) {
      String pointer = "/sql/statements/" + i;
      try {
        SqlStatement statement = SqlStatement.parse(texts.get(i));
        statements.add(statement);
        for (String name : statement.parameters()) {
          if (!rules.names().contains(name)) {
            faults.add(new Fault(pointer, "The parameter $" + name + " is not declared."));
          } else if (rules.secrets().contains(name)) {
            faults.add(
                new Fault(
                    pointer,
                    "The parameter $"
                        + name
                        + " is a secret: only process"
                        + " steps take secrets."));
          }
        }
      } catch (IllegalArgumentException e) {
        faults.add(new Fault(pointer, String.valueOf(e.getMessage())));
      }
    }
    return new SqlSpec(inputs, statements);
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> items
        ? items.stream().map(String::valueOf).toList()
        : List.of();
  }
}

package example;

import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import java.util.List;
import java.util.Map;

/** A step in Java: says what it is, and does the work of one attempt. */
public class GreetStep implements Step {

  @Override
  public StepDescription describe() {
    Map<String, Object> name = Map.of("type", "string", "description", "a name to greet");
    return new StepDescription("greet", "Greet (Java)", "java", "Greets somebody.",
        Map.of("type", "object", "properties", Map.of("name", name), "required", List.of("name")),
        true);
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    String name = context.parameters().text("name").orElseThrow();
    if (name.isBlank()) {
      throw new StepException("The name is blank: there is nobody to greet.");
    }
    context.progress(50, "greeting");
    context.throwIfStopped();
    context.log("greeted " + name);
    return new StepResult(Map.of("status", "success", "greeting", "Hello, " + name + "!"));
  }
}

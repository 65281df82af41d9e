package dev.dispense.testkit;

import dev.dispense.Environment;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Looks for the programs that {@link RequiresProgram} names. */
final class ProgramCondition implements ExecutionCondition {
  private final Map<String, String> environment;

  ProgramCondition() {
    this(Environment.current().variables());
  }

  ProgramCondition(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate(
        AnnotationSupport.findAnnotation(context.getElement(), RequiresProgram.class)
            .map(annotation -> List.of(annotation.value()))
            .orElse(List.of()));
  }

  /**
   * Returns whether the programs are there.
   *
   * @throws IllegalStateException when one is not and {@code CI} is {@code true}
   */
  ConditionEvaluationResult evaluate(List<String> programs) {
    List<String> missing = programs.stream().filter(program -> !isThere(program)).toList();
    return Requirement.result(
        environment,
        missing.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "These programs are not on the PATH: %s.".formatted(String.join(", ", missing))),
        "All programs are there.");
  }

  private boolean isThere(String program) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(place -> !place.isEmpty())
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}

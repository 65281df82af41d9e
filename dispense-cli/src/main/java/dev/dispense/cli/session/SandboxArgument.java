package dev.dispense.cli.session;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Takes the name of the sandbox off the arguments of a command before they are parsed, so that a
 * sandbox may have the name of a command, and options may come after it.
 */
public final class SandboxArgument implements IParameterPreprocessor {
  private String name = "";

  /** Returns the name; empty when the first argument is not one. */
  public String name() {
    return name;
  }

  @Override
  @SuppressWarnings("JdkObsolete") // The library's interface has it.
  public boolean preprocess(
      Stack<String> arguments, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
    if (!arguments.isEmpty() && !arguments.peek().startsWith("-")) {
      name = arguments.pop();
    }
    return false;
  }
}

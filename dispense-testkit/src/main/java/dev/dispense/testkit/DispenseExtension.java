package dev.dispense.testkit;

import dev.dispense.Dispense;
import dev.dispense.testkit.agent.ScriptedAgent;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a {@link DispenseFixture}; JUnit closes it when the test has ended. */
final class DispenseExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(DispenseExtension.class);

  /** Lets the constructor of a test have what the test itself has. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == DispenseFixture.class || type == Dispense.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    DispenseFixture fixture =
        context
            .getStore(NAMESPACE)
            .computeIfAbsent("fixture", key -> new DispenseFixture(), DispenseFixture.class);
    if (parameter.getParameter().getType() == DispenseFixture.class) {
      return fixture;
    }
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent("dispense", key -> fixture.open(agreeable()), Dispense.class);
  }

  private static ScriptedAgent agreeable() {
    return ScriptedAgent.builder().echoPrompt().succeed("Done.").build();
  }
}

package app;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Says what Dispense finds, with settings that are properties of Spring's. */
@SpringBootApplication
public class Main {
  public static void main(String[] args) {
    SpringApplication.run(Main.class, args);
  }

  /** Spring closes it when the program ends. */
  @Bean
  Dispense dispense(
      @Value("${dispense.state}") Path state,
      @Value("${dispense.agent}") String agent,
      @Value("${dispense.key:}") String key) {
    return Dispense.builder()
        .environment(
            Environment.current()
                .withStateDirectory(state)
                .withSetting("agent", agent)
                .withVariable("ANTHROPIC_API_KEY", key))
        .build();
  }

  @Bean
  CommandLineRunner report(Dispense dispense) {
    return args ->
        System.out.println("providers " + dispense.providers() + " agents " + dispense.agents());
  }
}

package outside;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Says what Dispense finds in Spring Boot's jar of jars, with settings of Spring's. */
@SpringBootApplication
public class SpringBoot {
  public static void main(String[] arguments) {
    SpringApplication.run(SpringBoot.class, arguments);
  }

  /** Spring closes it with the context. */
  @Bean
  Dispense dispense(
      @Value("${dispense.state-directory}") Path state, @Value("${dispense.image}") String image) {
    Environment environment =
        Environment.current().withStateDirectory(state).withSetting("image", image);
    return Dispense.builder().environment(environment).build();
  }

  @Bean
  CommandLineRunner report(Dispense dispense) {
    return arguments -> {
      System.out.println("providers: " + dispense.providers());
      System.out.println("agents: " + dispense.agents());
      System.out.println("sources: " + sources(dispense));
      System.out.println("image: " + dispense.environment().setting("image").orElseThrow());
      dispense.diagnose().findings().forEach(System.out::println);
    };
  }

  /** Dispense names the sources that it has when it is asked for another. */
  private static String sources(Dispense dispense) {
    SandboxSpec spec = SandboxSpec.builder("none").source(Source.of("none", "")).build();
    try (Sandbox sandbox = dispense.create(spec)) {
      return "none is one: " + sandbox;
    } catch (NotFoundException e) {
      return e.getMessage();
    }
  }
}

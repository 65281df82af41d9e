package dev.dispense.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Gives each fuzz test of this module inputs that are made from its seeds, always the same ones:
 * what the ordinary test run sees beyond the seeds themselves.
 */
class GeneratedInputsTest {
  private static final int INPUTS = 300;

  @TestFactory
  List<DynamicTest> eachFuzzTestHoldsForGeneratedInputs() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Class<?> type : fuzzTests()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(FuzzTest.class)) {
          tests.add(
              DynamicTest.dynamicTest(
                  type.getSimpleName() + "." + method.getName(), () -> check(type, method)));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(10);
    return tests;
  }

  private static void check(Class<?> type, Method method) throws Exception {
    Mutations mutations = new Mutations(seeds(type, method), method.getName().hashCode());
    method.setAccessible(true);
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object test = constructor.newInstance();
    for (int i = 0; i < INPUTS; i++) {
      byte[] input = mutations.next();
      try {
        method.invoke(test, (Object) input);
      } catch (InvocationTargetException e) {
        throw new AssertionError(
            "Input " + i + ", in hexadecimal: " + HexFormat.of().formatHex(input), e.getCause());
      }
    }
  }

  private static List<byte[]> seeds(Class<?> type, Method method) throws Exception {
    Path directory =
        root().resolve(type.getName().replace('.', '/') + "Inputs").resolve(method.getName());
    List<byte[]> seeds = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
    }
    assertThat(seeds).as("seeds in %s", directory).isNotEmpty();
    return seeds;
  }

  private static List<Class<?>> fuzzTests() throws Exception {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root())) {
      for (Path file :
          files.filter(path -> path.toString().endsWith("FuzzTest.class")).sorted().toList()) {
        String name = root().relativize(file).toString().replace('/', '.');
        types.add(Class.forName(name.substring(0, name.length() - ".class".length())));
      }
    }
    return types;
  }

  private static Path root() throws URISyntaxException {
    return Path.of(
        GeneratedInputsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}

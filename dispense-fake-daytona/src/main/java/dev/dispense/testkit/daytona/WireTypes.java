package dev.dispense.testkit.daytona;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The types of parameters and bodies. */
final class WireTypes {
  private final Map<String, List<String>> enumerations = new HashMap<>();
  private final Map<String, Map<String, Type>> objects = new HashMap<>();

  void addValues(String name, String values) {
    enumerations.put(name, List.of(values.split("\\|")));
  }

  /** Adds an object, and returns its fields, for more to be added. */
  Map<String, Type> addObject(String name) {
    return objects.computeIfAbsent(name, added -> new LinkedHashMap<>());
  }

  /** Whether a field must be there. */
  boolean hasRequired(String name) {
    return objects.getOrDefault(name, Map.of()).values().stream().anyMatch(Type::required);
  }

  /** Whether a text of a query means a value of a type. */
  boolean fitsText(String type, String text) {
    if (type.endsWith("[]")) {
      return fitsText(type.substring(0, type.length() - 2), text);
    }
    return switch (type) {
      case "number" -> text.matches("-?\\d+(\\.\\d+)?");
      case "integer" -> text.matches("-?\\d+");
      case "boolean" -> text.equals("true") || text.equals("false");
      case "string" -> true;
      default -> values(type).contains(text);
    };
  }

  /** Adds a sentence for each thing that is wrong. */
  void check(String type, JsonNode value, String where, List<String> violations) {
    if (type.endsWith("[]")) {
      if (!value.isArray()) {
        violations.add(where + " is no list");
      }
      for (JsonNode item : value) {
        check(type.substring(0, type.length() - 2), item, where + "[]", violations);
      }
    } else if (objects.containsKey(type)) {
      checkObject(objects.getOrDefault(type, Map.of()), value, where, violations);
    } else if (!fits(type, value)) {
      violations.add(where + " is not of the type " + type + ": " + value);
    }
  }

  private void checkObject(
      Map<String, Type> fields, JsonNode value, String where, List<String> violations) {
    if (!value.isObject()) {
      violations.add(where + " is no object");
      return;
    }
    value
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!fields.containsKey(name)) {
                violations.add(where + " has an unknown field " + name);
              }
            });
    fields.forEach(
        (name, type) -> {
          if (value.hasNonNull(name)) {
            check(type.name(), value.path(name), where + "." + name, violations);
          } else if (type.required()) {
            violations.add(where + "." + name + " is missing");
          }
        });
  }

  private boolean fits(String type, JsonNode value) {
    return switch (type) {
      case "string" -> value.isTextual();
      case "number" -> value.isNumber();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      case "object" -> value.isObject();
      case "strings" ->
          value.isObject() && value.properties().stream().allMatch(e -> e.getValue().isTextual());
      default -> values(type).contains(value.asText());
    };
  }

  private List<String> values(String type) {
    return type.contains("|")
        ? List.of(type.split("\\|"))
        : enumerations.getOrDefault(type, List.of());
  }

  /** The type of a parameter or field, and whether it must be there. */
  record Type(String name, boolean required) {
    static Type of(String field, String type) {
      return new Type(type, field.endsWith("!"));
    }
  }
}

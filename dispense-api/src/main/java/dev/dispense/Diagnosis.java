package dev.dispense;

import java.util.List;

/**
 * What was found when it was looked whether sandboxes can be made here and agents work in them.
 *
 * @param findings in the order in which a person reads them
 * @param canWork whether a task could be given with the provider and the agent that are used when
 *     none is named
 */
public record Diagnosis(List<Finding> findings, boolean canWork) {
  /** Copies the list. */
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /** What a finding means for the user. */
  public enum Grade {
    /** All is well. */
    FINE,
    /** Nothing is wrong, but it is good to know. */
    NOTE,
    /** Something does not work. */
    PROBLEM
  }

  /**
   * One thing that was found.
   *
   * @param subject what it is about: the id of a provider or agent, or a word such as {@code
   *     settings}
   * @param grade what it means
   * @param text whole sentences for a person, with what to do next where something is to be done;
   *     never a key
   */
  public record Finding(String subject, Grade grade, String text) {
    /** Returns that all is well. */
    public static Finding fine(String subject, String text) {
      return new Finding(subject, Grade.FINE, text);
    }

    /** Returns what is good to know. */
    public static Finding note(String subject, String text) {
      return new Finding(subject, Grade.NOTE, text);
    }

    /** Returns what does not work. */
    public static Finding problem(String subject, String text) {
      return new Finding(subject, Grade.PROBLEM, text);
    }
  }
}

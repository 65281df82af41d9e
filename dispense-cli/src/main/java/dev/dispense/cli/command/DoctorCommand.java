package dev.dispense.cli.command;

import dev.dispense.Diagnosis;
import dev.dispense.PrintableText;
import dev.dispense.cli.session.PoolRefill;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.JsonLine;
import dev.dispense.cli.terminal.Printer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Says whether a task could be given here, and what to do if not.",
      "Looks at providers, images, keys and settings, and changes nothing. The exit code is 0 when"
          + " a task could be given.",
      ""
    })
public final class DoctorCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "--json", description = "One JSON object for each finding, on a line of its own.")
  private boolean json;

  public DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Diagnosis diagnosis = session.dispense().diagnose();
    diagnosis.findings().forEach(json ? this::printJson : this::print);
    PoolRefill.size(
        session.host()); // which is this command's own, and refused when it is no number
    if (!json) {
      session
          .out()
          .line(
              diagnosis.canWork()
                  ? "A task can be given: dispense new --task \"...\""
                  : "No task can be given here yet.");
    }
    return diagnosis.canWork() ? ExitCode.OK : ExitCode.FAILED;
  }

  private void printJson(Diagnosis.Finding finding) {
    session
        .out()
        .line(
            new JsonLine()
                .add("subject", finding.subject())
                .add("grade", finding.grade())
                .add("text", finding.text())
                .toString());
  }

  private void print(Diagnosis.Finding finding) {
    Printer out = session.out();
    String grade =
        switch (finding.grade()) {
          case FINE -> out.styled(Printer.Style.GREEN, "ok     ");
          case NOTE -> out.styled(Printer.Style.YELLOW, "note   ");
          case PROBLEM -> out.styled(Printer.Style.RED, "problem");
        };
    out.line(
        "%s %s: %s".formatted(grade, finding.subject(), PrintableText.printable(finding.text())));
  }
}

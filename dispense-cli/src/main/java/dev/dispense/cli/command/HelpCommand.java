package dev.dispense.cli.command;

import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import java.util.concurrent.Callable;

/**
 * What the parser prints for {@code dispense --help}, written down, so that nothing need be read or
 * parsed to show it. A test holds the two together, and shows what belongs here.
 */
public final class HelpCommand implements Callable<Integer> {
  private static final String TEXT =
      """
      Usage: dispense <command> [<options>]
             dispense [<options>]              the same as dispense new

      Runs coding agents in isolated sandboxes: a repository goes in, a reviewed branch comes out.


      Options:
        -d, --debug     Logs what is done, and shows where an error came from.
        -h, --help      Shows this help.
        -v, --version   Shows the version.

      Commands:
        new      Creates a sandbox for the current directory and gives the agent its first task.
        list     Lists all sandboxes, whoever created them.
        claude   Gives tasks to Claude Code in a sandbox, and shows them.

        diff     Shows what changed in a sandbox, committed or not, as a unified diff.
        merge    Merges the work of a sandbox into the branch that is checked out where it came from.
                   What is not committed there stays as it is; when the merge would touch it, or when
                   there are conflicts, nothing is changed.
        apply    Applies the work of a sandbox to the files of the directory that it came from: all of it
                   or, when any of it does not apply, nothing. Nothing is staged or committed.
        fetch    Fetches the work of a sandbox into the repository that it came from, as refs: nothing
                   that is checked out changes.
        shell    Opens a shell in a sandbox, in its workspace, and returns the shell's exit code.
        ssh      Opens a shell in a sandbox, by SSH where it is in the cloud; or lets ssh and IDEs do so.
        exec     Runs a program in a sandbox, in its workspace, and returns its exit code.
        preview  Gives the address of a web server that listens on a port of a sandbox.
        share    Gives what others need to enter a sandbox in the cloud: a command, and addresses of its
                   ports.
        network  Shows what a sandbox may reach and what it has reached, or changes it at once.
        stop     Stops sandboxes: what runs in them ends, their files stay.
        start    Starts sandboxes that were stopped.
        delete   Deletes sandboxes with all that runs in them.
        gc       Removes what is left over of your sandboxes that are not there any more.
        pool     Prepares sandboxes of the current directory, so that 'dispense new' there takes one
                   instead of making one. They use memory and disk until they are taken or cleared.
        login    Checks a key for Daytona and stores it, so that --remote works.
        doctor   Says whether a task could be given here, and what to do if not.
        version  Shows the version.

      Examples:
        dispense new -n fix-login --task "Fix the login bug"
        dispense claude fix-login logs -f
        dispense diff fix-login
        dispense merge fix-login
        dispense delete fix-login

      Exit codes: 0 done; 1 failed, also a task that was followed or waited for; 2 wrong usage;
        124 time was up; 130 interrupted. exec and shell return the code of what ran.
      Settings: $XDG_CONFIG_HOME/dispense/config.properties, and DISPENSE_... in the environment.
      More on a command: dispense <command> --help
      """;

  private final Session session;

  public HelpCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.out().print(TEXT);
    return ExitCode.OK;
  }
}

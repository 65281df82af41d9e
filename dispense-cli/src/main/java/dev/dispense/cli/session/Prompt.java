package dev.dispense.cli.session;

import dev.dispense.cli.terminal.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what an agent is to do from the command line, or for {@code -} from standard input. */
public final class Prompt {
  // Well above what a task may have, whose check then says what to do.
  private static final int MAX_BYTES = 64 << 20;

  private Prompt() {}

  public static String of(String argument, InputStream in) {
    return argument.equals("-") ? read(in) : argument;
  }

  private static String read(InputStream in) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(MAX_BYTES));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new UsageException("What standard input holds is not text in UTF-8.");
    } catch (IOException e) {
      throw new UsageException("Tried to read standard input but failed: " + e.getMessage());
    }
  }
}

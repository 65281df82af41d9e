package dev.dispense.docker.image;

import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives what the engine reports during long work, and waits for its end. The engine reports
 * failure in the stream too, which the receiver must look for.
 */
public final class ResultStream<T> implements ResultCallback<T> {
  private static final Logger LOG = LoggerFactory.getLogger(ResultStream.class);

  private final Consumer<T> receiver;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable Closeable stream;
  private boolean closed;

  public ResultStream(Consumer<T> receiver) {
    this.receiver = receiver;
  }

  /**
   * Waits for the end.
   *
   * @throws RuntimeException what the receiver or docker-java threw
   */
  public void await() throws InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new CompletionException(e.getCause());
    } finally {
      close();
    }
  }

  @Override
  public synchronized void onStart(Closeable closeable) {
    stream = closeable;
    if (closed) {
      closeQuietly(closeable);
    }
  }

  @Override
  public void onNext(T item) {
    try {
      receiver.accept(item);
    } catch (RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    ended.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    ended.complete(null);
  }

  /** Ends the engine's work when it is still going on. */
  @Override
  public synchronized void close() {
    closed = true;
    if (stream != null) {
      closeQuietly(stream);
    }
  }

  private static void closeQuietly(Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      LOG.debug("Could not close a stream of the engine", e);
    }
  }
}

package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.ErrorManager;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.OutputFolder;

/**
 * Writes the log of a job beside its results, also if the job fails: line by line into an output
 * folder on this machine, or at the end to another file system.
 */
final class JobLog implements AutoCloseable {
  private static final String NAME = "bitgaze.log";
  private static final Logger ROOT = Logger.getLogger("");

  private final OutputFolder output;
  private final Path folder;
  private final StreamHandler handler;

  private JobLog(OutputFolder output, Path folder, StreamHandler handler) {
    this.output = output;
    this.folder = folder;
    this.handler = handler;
  }

  static JobLog to(OutputFolder output) throws IOException {
    Path folder;
    OutputStream file;
    try {
      Optional<Path> local = output.local();
      folder =
          local.isPresent()
              ? Files.createDirectories(local.get())
              : Files.createTempDirectory("bitgaze-log");
      file = Files.newOutputStream(folder.resolve(NAME));
    } catch (IOException e) {
      throw new IOException(output + " cannot be written: " + e, e);
    }
    StreamHandler handler =
        new StreamHandler(file, new SimpleFormatter()) {
          @Override
          public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
          }
        };
    handler.setLevel(Level.INFO);
    // A log that cannot be written, as on a full disk, adds nothing to the job's own message.
    handler.setErrorManager(
        new ErrorManager() {
          @Override
          public void error(String message, Exception e, int code) {}
        });
    ROOT.addHandler(handler);
    return new JobLog(output, folder, handler);
  }

  /** Logs the stack trace of a failure, of which the console shows one line. */
  void failed(Throwable problem) {
    LogRecord record = new LogRecord(Level.SEVERE, "the job failed");
    record.setThrown(problem);
    handler.publish(record);
  }

  @Override
  public void close() throws IOException {
    ROOT.removeHandler(handler);
    handler.close();
    if (output.local().isPresent()) {
      return;
    }
    try {
      output.put(folder.resolve(NAME));
    } finally {
      BeamFiles.deleteTree(folder);
    }
  }
}

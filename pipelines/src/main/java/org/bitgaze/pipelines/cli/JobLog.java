package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.OutputFolder;

/** Keeps all that is logged while a job runs, and puts it beside the results, whatever they are. */
final class JobLog implements AutoCloseable {
  private static final Logger ROOT = Logger.getLogger("");

  private final Path folder;
  private final FileHandler handler;
  private final OutputFolder output;

  private JobLog(Path folder, FileHandler handler, OutputFolder output) {
    this.folder = folder;
    this.handler = handler;
    this.output = output;
  }

  static JobLog to(OutputFolder output) throws IOException {
    Path folder = Files.createTempDirectory("bitgaze-log");
    FileHandler handler =
        new FileHandler(folder.resolve("bitgaze.log").toString().replace("%", "%%"));
    handler.setFormatter(new SimpleFormatter());
    handler.setLevel(Level.INFO);
    ROOT.addHandler(handler);
    return new JobLog(folder, handler, output);
  }

  /** Writes down what a job died of; the console says it in one line. */
  void failed(Throwable problem) {
    LogRecord record = new LogRecord(Level.SEVERE, "the job failed");
    record.setThrown(problem);
    handler.publish(record);
  }

  @Override
  public void close() throws IOException {
    ROOT.removeHandler(handler);
    handler.close();
    try {
      output.put(folder.resolve("bitgaze.log"));
    } finally {
      BeamFiles.deleteTree(folder);
    }
  }
}

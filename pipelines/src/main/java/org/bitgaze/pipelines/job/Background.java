package org.bitgaze.pipelines.job;

/** Runs work in daemon threads. */
public final class Background {
  private Background() {}

  /**
   * Starts a task in a new daemon thread.
   *
   * @param name the thread's name
   * @param task the task; the JVM prints its exceptions
   */
  public static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}

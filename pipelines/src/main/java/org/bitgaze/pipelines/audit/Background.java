package org.bitgaze.pipelines.audit;

/** Work that is done beside the main thread's, and that keeps no process alive. */
public final class Background {
  private Background() {}

  /**
   * Starts a task in a thread of its own.
   *
   * @param name the thread's
   * @param task what to do; what it throws is printed
   */
  public static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}

package org.bitgaze.pipelines;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium for tests of pages. */
public final class Chromium {
  private Chromium() {}

  /** {@return whether the browser and its driver are on this machine} */
  public static boolean isThere() {
    return chromium().canExecute() && driver().canExecute();
  }

  /**
   * Starts a browser that keeps the console's messages.
   *
   * @param folder where its profile goes
   */
  public static ChromeDriver start(Path folder) throws IOException {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1300,1000",
        "--user-data-dir=" + Files.createTempDirectory(folder, "chromium"));
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(driver()).build();
    return new ChromeDriver(service, options);
  }

  private static File chromium() {
    return find("BITGAZE_CHROMIUM", "/usr/bin/chromium");
  }

  private static File driver() {
    return find("BITGAZE_CHROMEDRIVER", "/usr/bin/chromedriver");
  }

  private static File find(String variable, String usual) {
    String named = System.getenv(variable);
    return new File(named == null ? usual : named);
  }
}

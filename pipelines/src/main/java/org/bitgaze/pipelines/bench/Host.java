package org.bitgaze.pipelines.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitgaze.torch.runtime.NativeCallLimiter;
import org.bitgaze.torch.runtime.StartupClock;
import org.bitgaze.torch.runtime.TorchEngine;

/** Describes the machine, as far as it affects times and last bits. */
public final class Host {
  /** Instruction sets of convolution kernels, in floating point and in integers. */
  private static final List<String> INSTRUCTIONS =
      List.of("avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx_vnni", "amx_int8");

  private Host() {}

  /**
   * Describes the machine.
   *
   * @return name, system, processor, cores, instructions, java and {@link #convolutions}, by name
   * @throws IOException if the system's files cannot be read
   */
  public static Map<String, String> describe() throws IOException {
    Map<String, String> host = new LinkedHashMap<>();
    host.put("name", name());
    host.put(
        "system",
        Stream.of("name", "version", "arch")
            .map(property -> System.getProperty("os." + property))
            .collect(Collectors.joining(" ")));
    host.put("processor", cpu("model name").orElse("unknown"));
    host.put("cores", "" + Runtime.getRuntime().availableProcessors());
    String flags = " " + cpu("flags").orElse("") + " ";
    host.put(
        "instructions",
        INSTRUCTIONS.stream()
            .filter(flag -> flags.contains(" " + flag + " "))
            .collect(Collectors.joining(" ")));
    host.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    host.putAll(convolutions());
    return host;
  }

  /**
   * Describes which library computes convolutions, which affects last bits.
   *
   * @return the description, by name; empty before the first map of this process
   */
  public static Map<String, String> convolutions() {
    return StartupClock.nanos().isPresent()
        ? Map.of("convolutions", TorchEngine.convolutions())
        : Map.of();
  }

  private static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /**
   * Returns the largest resident memory of this process so far.
   *
   * @return units of 2^20 bytes; empty if the system does not report it
   * @throws IOException if it cannot be read
   */
  public static Optional<Long> peakMegabytes() throws IOException {
    return field(Path.of("/proc/self/status"), "VmHWM")
        .map(kilobytes -> Long.parseLong(kilobytes.replaceAll("\\D", "")) / 1024);
  }

  /** Key of {@link #footprint}: seconds from the start of the process to its first map. */
  public static final String FIRST_MAP = "first_map_seconds";

  /** Key of {@link #footprint}: processor seconds of all threads. */
  public static final String CPU = "cpu_seconds";

  /** Key of {@link #footprint}: share of these seconds in native calls, in [0, 1]. */
  public static final String NATIVE_SHARE = "native_share";

  /** Key of {@link #footprint}: largest resident memory, in units of 2^20 bytes. */
  public static final String PEAK = "peak_megabytes";

  /**
   * Returns the resources that this process has used so far.
   *
   * @return values by key; empty if no map was computed in this process
   * @throws IOException if the system's files cannot be read
   */
  public static Map<String, Double> footprint() throws IOException {
    Map<String, Double> all = new LinkedHashMap<>();
    OptionalLong first = StartupClock.nanos();
    if (first.isPresent()) {
      all.put(FIRST_MAP, secondsFromStart(first.getAsLong()));
      all.put(CPU, cpuSeconds());
      all.put(NATIVE_SHARE, NativeCallLimiter.cpuSeconds() / cpuSeconds());
      peakMegabytes().ifPresent(peak -> all.put(PEAK, (double) peak));
    }
    return all;
  }

  /** Converts {@link System#nanoTime} of a moment to seconds since the JVM's start. */
  private static double secondsFromStart(long nanos) {
    long up = ManagementFactory.getRuntimeMXBean().getUptime();
    return up / 1e3 - (System.nanoTime() - nanos) / 1e9;
  }

  /** {@return processor seconds of all threads of this process} */
  private static double cpuSeconds() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.OperatingSystemMXBean own
        ? own.getProcessCpuTime() / 1e9
        : Double.NaN;
  }

  private static Optional<String> cpu(String name) throws IOException {
    return field(Path.of("/proc/cpuinfo"), name);
  }

  private static Optional<String> field(Path file, String name) throws IOException {
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    Pattern field = Pattern.compile(Pattern.quote(name) + "\\s*:\\s*(.*)");
    try (var lines = Files.lines(file)) {
      return lines
          .map(field::matcher)
          .filter(m -> m.matches())
          .map(m -> m.group(1).strip())
          .findFirst();
    }
  }
}

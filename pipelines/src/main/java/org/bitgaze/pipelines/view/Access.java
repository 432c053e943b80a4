package org.bitgaze.pipelines.view;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may ask the server. The name in the Host header must be one of this machine's: a page of
 * another site whose name was made to point at this machine (DNS rebinding) is refused. Off the
 * loopback address, each path begins with a random token.
 *
 * @param address the address to listen on
 * @param prefix what each path begins with: {@code /}, or {@code /TOKEN/}
 * @param hosts accepted names and addresses, in lower case
 */
record Access(InetAddress address, String prefix, Set<String> hosts) {
  private static final int TOKEN_BYTES = 24;

  /** {@return access from this machine only, without a token} */
  static Access loopback() {
    return new Access(InetAddress.getLoopbackAddress(), "/", loopbackNames());
  }

  /**
   * Allows access from other machines, with a token.
   *
   * @param host the given name or address
   * @param address its address, to listen on
   * @throws SocketException if this machine's addresses cannot be listed
   */
  static Access remote(String host, InetAddress address) throws SocketException {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    Set<String> names = loopbackNames();
    names.add(host.toLowerCase(Locale.ROOT));
    if (address.isAnyLocalAddress()) {
      for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
        one.inetAddresses().forEach(a -> names.add(name(a)));
      }
      try {
        names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
      } catch (UnknownHostException e) {
        // This machine has no name; its addresses remain.
      }
    } else {
      names.add(name(address));
    }
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    return new Access(address, "/" + text + "/", names);
  }

  private static Set<String> loopbackNames() {
    return new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
  }

  private static String name(InetAddress address) {
    return address.getHostAddress().replaceFirst("%.*", "");
  }

  /**
   * Checks the Host header.
   *
   * @param header its value, or null; the port may be another one, as behind a tunnel
   */
  boolean acceptsHost(String header) {
    if (header == null) {
      return false;
    }
    String name =
        header.startsWith("[")
            ? header.replaceFirst("^\\[([^\\]]*)\\](:\\d+)?$", "$1")
            : header.replaceFirst(":\\d+$", "");
    return hosts.contains(name.toLowerCase(Locale.ROOT));
  }

  /** {@return whether a path begins with the token; the comparison takes the same time for all} */
  boolean acceptsPath(String path) {
    String start = path.substring(0, Math.min(path.length(), prefix.length()));
    return MessageDigest.isEqual(
        start.getBytes(StandardCharsets.UTF_8), prefix.getBytes(StandardCharsets.UTF_8));
  }

  /** {@return the URL of the page} */
  String url(int port) {
    String host =
        address.isAnyLocalAddress() || address.isLoopbackAddress()
            ? "127.0.0.1"
            : name(address).contains(":") ? "[" + name(address) + "]" : name(address);
    return "http://" + host + ":" + port + prefix;
  }
}

package org.bitgaze.pipelines.view;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.report.Report;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.pipelines.view.Request.BadRequestException;

/**
 * Serves a page over the results of audits. Every path is one of a fixed list; none becomes the
 * path of a file. Images are found by keys that the rows have, below the run's input folder.
 */
public final class ViewServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ViewServer.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();

  /** More than a browser's connections: clients that send half a request do not block others. */
  private static final int THREADS = 32;

  /** Seconds after which the JDK's server closes the connection of half a request. */
  private static final String MAX_REQUEST_SECONDS = "10";

  static {
    // The JDK's server has no other way to set it.
    System.setProperty("sun.net.httpserver.maxReqTime", MAX_REQUEST_SECONDS);
  }

  /** The page loads nothing from other hosts, and nobody frames it. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Access access;
  private final HttpServer server;
  private final ExecutorService threads;
  private final ViewDatabase database = new ViewDatabase();
  private final List<ViewedRun> runs = new ArrayList<>();
  private final List<ImageMapSource> maps = new ArrayList<>();
  private final Map<String, Handler> handlers = new HashMap<>();
  private final ImageTable table = new ImageTable(database);
  private final ClassPage classes = new ClassPage(database);

  /** An answer. */
  private record Answer(int status, String type, byte[] body) {}

  /** Answers one path. */
  @FunctionalInterface
  private interface Handler {
    Answer answer(Request request) throws IOException;
  }

  private ViewServer(Access access, int port) throws IOException {
    this.access = access;
    this.threads = Executors.newFixedThreadPool(THREADS);
    this.server = HttpServer.create(new InetSocketAddress(access.address(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  /**
   * Starts a server.
   *
   * @param opened the runs, open; they are closed with the server
   * @param audit makes an audit repeatable
   * @param host name or address to listen on; empty for this machine only
   * @param port the port; 0 for a free one
   * @throws IOException if the port is taken, or rows cannot be read
   */
  public static ViewServer start(
      List<Run> opened, Function<Run, RepeatedAudit> audit, Optional<String> host, int port)
      throws IOException {
    Access access =
        host.isPresent()
            ? Access.remote(host.get(), InetAddress.getByName(host.get()))
            : Access.loopback();
    ViewServer server = new ViewServer(access, port);
    try {
      SharedNames.create(server.database, opened);
      for (Run run : opened) {
        ViewedRun viewed = ViewedRun.open(server.database, server.runs.size(), run);
        server.runs.add(viewed);
        server.maps.add(new ImageMapSource(server.database, viewed, audit.apply(run)));
      }
      server.register();
      server.server.start();
    } catch (IOException | RuntimeException e) {
      server.database.close();
      throw e;
    }
    server.maps.forEach(ImageMapSource::prepare);
    return server;
  }

  /** {@return the page's address, with the token if there is one} */
  public String url() {
    return access.url(server.getAddress().getPort());
  }

  private void register() throws IOException {
    resource("", "text/html", ViewServer.class, "index.html");
    resource("view.css", "text/css", ViewServer.class, "view.css");
    for (String script : List.of("view.js", "page.js", "table.js", "picture.js", "classes.js")) {
      resource(script, "text/javascript", ViewServer.class, script);
    }
    resource("report.css", "text/css", Report.class, "report.css");
    resource("viridis.txt", "text/plain", Report.class, "viridis.txt");
    handlers.put("api/info", request -> json(info()));
    handlers.put("api/rows", request -> json(table.page(listing(request), request)));
    handlers.put("api/count", request -> json(table.count(listing(request), request)));
    handlers.put("api/image", request -> json(Map.of("rows", image(request))));
    handlers.put("api/classes", request -> json(classes.classes(run(request), request)));
    handlers.put("api/maps", this::maps);
    handlers.put("api/answers", this::answers);
    handlers.put("api/picture", this::picture);
    handlers.put("api/mask", this::mask);
  }

  private void resource(String path, String type, Class<?> place, String name) throws IOException {
    try (InputStream in = place.getResourceAsStream(name)) {
      Answer answer = new Answer(200, type + "; charset=utf-8", in.readAllBytes());
      handlers.put(path, request -> answer);
    }
  }

  private ViewedRun run(Request request) {
    return runs.get((int) request.number("run", 0, runs.size() - 1));
  }

  private ImageTable.Listing listing(Request request) {
    if (request.find("other").isEmpty()) {
      return ImageTable.of(run(request), request);
    }
    ViewedRun other = runs.get((int) request.number("other", 0, runs.size() - 1));
    return ImageTable.of(run(request), other, request.get("measure"), request);
  }

  private List<Map<String, Object>> image(Request request) throws IOException {
    List<Map<String, Object>> rows = table.image(run(request), request.get("key"));
    if (rows.isEmpty()) {
      throw new BadRequestException("the run has no image '" + request.get("key") + "'");
    }
    return rows;
  }

  private Answer maps(Request request) throws IOException {
    image(request);
    return json(maps.get(run(request).number()).maps(request.get("key")));
  }

  /** Boxes, class maps and words of answers that are not classes. */
  private Answer answers(Request request) throws IOException {
    image(request);
    ImageMapSource source = maps.get(run(request).number());
    return json(Map.of("answers", source.answers(request.get("key"))));
  }

  /** What the model saw of the image. */
  private Answer picture(Request request) throws IOException {
    image(request);
    RgbImage whole = maps.get(run(request).number()).audit().read(request.get("key"));
    return new Answer(200, "image/jpeg", ExhibitLine.jpeg(preprocessing(request).apply(whole)));
  }

  /** What the model saw of the mask; nothing if there are no masks. */
  private Answer mask(Request request) throws IOException {
    image(request);
    Optional<RgbImage> mask = maps.get(run(request).number()).audit().mask(request.get("key"));
    if (mask.isEmpty()) {
      return new Answer(204, "image/png", new byte[0]);
    }
    RgbImage seen = preprocessing(request).framing().apply(mask.get(), Interpolation.BILINEAR);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(seen.toBufferedImage(), "png", png);
    return new Answer(200, "image/png", png.toByteArray());
  }

  private Preprocessing preprocessing(Request request) {
    String model = request.get("model");
    return run(request).run().info().models().stream()
        .filter(m -> m.id().equals(model))
        .findFirst()
        .map(m -> preprocessing(m.preprocessing()))
        .orElseThrow(() -> new BadRequestException("the run has no model '" + model + "'"));
  }

  /**
   * The preprocessing in a model's preparation. The layout and the order of colours come after it;
   * they concern the network's input, not what people see.
   */
  private static Preprocessing preprocessing(String preparation) {
    return Preprocessing.parse(
        Arrays.stream(preparation.split(","))
            .filter(part -> !part.startsWith("layout=") && !part.equals("bgr"))
            .collect(Collectors.joining(",")));
  }

  private Map<String, Object> info() {
    return Map.of("runs", runs.stream().map(this::info).toList());
  }

  private Map<String, Object> info(ViewedRun viewed) {
    RunInfo info = viewed.run().info();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", viewed.name());
    answer.put("folder", viewed.run().folder().toString());
    answer.put("started", info.started());
    answer.put("images", info.count("images_decoded"));
    answer.put("models", info.titles());
    answer.put("precisions", info.precisions());
    answer.put("classNames", info.classNames());
    answer.put("labelled", viewed.labelled());
    answer.put(
        "references",
        viewed.run().summary().references(reference -> true).stream().map(Reference::id).toList());
    answer.put("stored", maps.get(viewed.number()).isStored());
    answer.put("columns", viewed.columns().values());
    List<Map<String, Object>> measures = new ArrayList<>();
    for (Measure measure : MeasureCatalog.all()) {
      if (viewed.columns().containsKey(measure.id())) {
        measures.add(
            Map.of(
                "id", measure.id(),
                "description", measure.description(),
                "better", measure.better(),
                "share", measure.isShare(),
                "ofMaps", measure.isOfMaps(),
                "mask", measure.needsMask()));
      }
    }
    answer.put("measures", measures);
    return answer;
  }

  private static Answer json(Object value) throws IOException {
    return new Answer(200, "application/json", JSON.writeValueAsBytes(value));
  }

  private static Answer error(int status, String message) {
    try {
      return new Answer(
          status, "application/json", JSON.writeValueAsBytes(Map.of("error", message)));
    } catch (IOException e) {
      return new Answer(status, "text/plain", message.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", answer.type());
      headers.set("Content-Security-Policy", POLICY);
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Cache-Control", "no-store");
      boolean body = answer.body().length > 0 && !exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), body ? answer.body().length : -1);
      if (body) {
        exchange.getResponseBody().write(answer.body());
      }
    }
  }

  private Answer answer(HttpExchange exchange) {
    if (!access.acceptsHost(exchange.getRequestHeaders().getFirst("Host"))) {
      return error(403, "the Host header names another host");
    }
    String path = exchange.getRequestURI().getPath();
    if (path == null || !access.acceptsPath(path)) {
      return error(403, "the token is missing from the URL");
    }
    if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
      return error(405, "only GET is allowed");
    }
    Handler handler = handlers.get(path.substring(access.prefix().length()));
    if (handler == null) {
      return error(404, "there is no such page");
    }
    try {
      return handler.answer(Request.parse(exchange.getRequestURI().getRawQuery()));
    } catch (BadRequestException e) {
      return error(400, e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.INFO, path, e);
      return error(500, message(e));
    }
  }

  /** The innermost message is the one that was written for people. */
  private static String message(Throwable e) {
    Throwable cause = e;
    while (!(cause instanceof IOException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** Stops serving, and closes the runs. */
  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdown();
    for (ImageMapSource source : maps) {
      source.close();
    }
    database.close();
    for (ViewedRun run : runs) {
      run.run().close();
    }
  }
}

package org.bitgaze.pipelines.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Writes an HTML page that holds everything it shows: it loads nothing. */
final class Page {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Page() {}

  /** JSON that may stand inside a script element. */
  static String json(Object value) throws JsonProcessingException {
    return JSON.writeValueAsString(value).replace("<", "\\u003c");
  }

  /** A script or style that is bundled. */
  private static String resource(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Fills in a page's template, with the page's script and what all pages share. */
  static void write(String name, Map<String, Object> content, Path file) throws IOException {
    Map<String, Object> model = new HashMap<>(content);
    model.put("css", resource("report.css"));
    model.put("echarts", resource("echarts.common.min.js"));
    model.put("charts", resource("charts.js"));
    model.put("script", resource(name + ".js"));
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_33);
    configuration.setClassForTemplateLoading(Page.class, "");
    configuration.setDefaultEncoding("UTF-8");
    configuration.setLocale(Locale.ROOT);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setFallbackOnNullLoopVariable(false);
    configuration.setWrapUncheckedExceptions(true);
    Template template = configuration.getTemplate(name + ".ftlh");
    try (Writer out = Files.newBufferedWriter(file)) {
      template.process(model, out);
    } catch (TemplateException e) {
      throw new IOException("the report cannot be written: " + e.getMessage(), e);
    }
  }
}

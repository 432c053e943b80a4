package org.bitgaze.pipelines.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.transforms.values.ComparedImage;

/** The report as Markdown, short enough for a comment on a pull request. */
final class MarkdownReport {
  private static final Map<Verdict.Outcome, String> SIGNS =
      Map.of(
          Verdict.Outcome.ALIKE,
          "✅",
          Verdict.Outcome.UNLIKE,
          "❌",
          Verdict.Outcome.NOISE,
          "❔",
          Verdict.Outcome.UNKNOWN,
          "❔");

  private MarkdownReport() {}

  /**
   * Writes verdicts, the gate, the worst images, and the numbers, folded.
   *
   * @return some thousand characters for a model at a few precisions
   */
  static String of(
      RunInfo run,
      Summary summary,
      Gate gate,
      List<Verdict> verdicts,
      List<Judgement> judgements,
      List<ExhibitLine> exhibits) {
    StringBuilder s = new StringBuilder("### Does it still look at the same things?\n\n");
    if (!verdicts.isEmpty()) {
      s.append(
          "| | model | verdict | found | wanted | images that drift most |\n|---|---|---|---|---|---|\n");
    }
    for (Verdict v : verdicts) {
      s.append(
          String.format(
              "| %s | %s | %s | %s | %s | %s |\n",
              SIGNS.get(v.outcome()),
              cell(v.title()),
              v.words(),
              v.numbers()
                  + (v.noise().isEmpty()
                      ? ""
                      : " (f32 with another draw: " + v.noiseNumbers() + ")"),
              v.wanted(),
              cell(worst(v, exhibits))));
    }
    if (!judgements.isEmpty()) {
      long failed = judgements.stream().filter(j -> !j.holds()).count();
      s.append(
          String.format(
              "\nGate `%s`: %s\n",
              gate,
              failed == 0
                  ? "passed"
                  : "**" + failed + " of " + judgements.size() + " conditions failed**"));
    }
    s.append("\n<details><summary>Numbers</summary>\n\n");
    table(s, CompactTable.of(summary));
    s.append("\n</details>\n\n");
    s.append(
        String.format(
            Locale.ROOT,
            "%d images, protocol %s, ranges %s; bitgaze %s, %s\n",
            run.count("images_decoded"),
            run.protocol().replaceAll(" \\(.*", ""),
            summary.ranges(),
            run.versions().get("bitgaze"),
            run.started()));
    return s.toString();
  }

  private static String worst(Verdict verdict, List<ExhibitLine> exhibits) {
    return Gallery.worst(exhibits, verdict.model(), verdict.precision()).stream()
        .map(
            e -> {
              double cc = Gallery.cc(e, verdict.model(), verdict.precision());
              String drift =
                  cc == ComparedImage.VANISHED
                      ? "vanished"
                      : String.format(Locale.ROOT, "%.3f", cc);
              // Names are anybody's: as code they are neither markup nor mentions.
              return "`" + e.key().replace('`', '\'') + "` (" + drift + ")";
            })
        .collect(Collectors.joining(", "));
  }

  private static void table(StringBuilder s, CompactTable table) {
    s.append("| model | maps | images |");
    table
        .measures()
        .forEach(m -> s.append(' ').append(m.id()).append(m.better().arrow()).append(" |"));
    s.append("\n|---|---|---:|").append("---:|".repeat(table.measures().size())).append('\n');
    for (CompactTable.Group group : table.groups()) {
      for (CompactTable.Row row : group.rows()) {
        s.append(String.format("| %s | %s | %d |", cell(group.title()), row.pair(), row.images()));
        row.cells()
            .forEach(c -> s.append(' ').append(Objects.isNull(c) ? "" : c.text()).append(" |"));
        s.append('\n');
      }
    }
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}

package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
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

  /** Rows of all tables of classes: a comment on a pull request has at most 65,536 characters. */
  private static final int MAX_CLASSES = 120;

  /** Tables of classes. */
  private static final int MAX_TABLES = 16;

  private MarkdownReport() {}

  /**
   * Writes verdicts, the gate, the worst images, and the numbers, folded.
   *
   * @return some thousand characters for a model at a few precisions
   */
  static String of(Run run, Assessment assessment, List<ExhibitLine> exhibits) throws IOException {
    StringBuilder s = new StringBuilder("### Does it still look at the same things?\n\n");
    if (!assessment.verdicts().isEmpty()) {
      s.append(
          new Layout<Verdict>()
              .left("", v -> SIGNS.get(v.outcome()))
              .left("model", Verdict::title)
              .left("verdict", Verdict::words)
              .left("found", MarkdownReport::found)
              .left("wanted", Verdict::wanted)
              .left("images that drift most", v -> worst(v, exhibits))
              .of(assessment.verdicts())
              .markdown());
    }
    DeploymentAgreement.of(run.summary(), run.located())
        .forEach(agreement -> s.append("\n").append(agreement.sentence()).append("\n"));
    TaskAccuracy.of(run.summary()).forEach(line -> s.append("\n").append(line).append("\n"));
    run.info().notices().forEach(n -> s.append("\n**Note:** ").append(n).append("\n"));
    List<Judgement> judgements = assessment.judgements();
    if (!judgements.isEmpty()) {
      long failed = judgements.stream().filter(j -> !j.holds()).count();
      String result =
          failed == 0
              ? "passed"
              : "**" + failed + " of " + judgements.size() + " conditions failed**";
      s.append("\nGate `%s`: %s\n".formatted(assessment.gate(), result));
    }
    s.append(classes(run));
    RunInfo info = run.info();
    List<String> tests = assessment.tests().sentences(info);
    if (!tests.isEmpty()) {
      s.append("\nAre the maps right?\n\n");
      tests.forEach(sentence -> s.append("- ").append(sentence).append('\n'));
    }
    info.unstableMaps().ifPresent(warning -> s.append("\nWarning: " + warning + "\n"));
    return s.append(
            """

            <details><summary>Numbers</summary>

            %s
            </details>

            %d images, protocol %s, ranges %s; bitgaze %s, %s
            """
                .formatted(
                    CompactTable.of(run.summary()).table().markdown(),
                    info.count("images_decoded"),
                    info.protocol(),
                    info.ranges(),
                    info.versions().get("bitgaze"),
                    info.started()))
        .toString();
  }

  private static String classes(Run run) throws IOException {
    int tables = Math.max(1, run.summary().models().size() * run.summary().quantized().size());
    List<ClassSection> all =
        ClassSection.of(run, Math.max(0, MAX_CLASSES / tables - ClassSection.WORST));
    StringBuilder s = new StringBuilder();
    all.stream().limit(MAX_TABLES).map(MarkdownReport::classes).forEach(s::append);
    if (all.size() > MAX_TABLES) {
      s.append("\nreport.html has the classes of all models and precisions.\n");
    }
    return s.toString();
  }

  private static String classes(ClassSection section) {
    StringBuilder s = new StringBuilder();
    s.append(
        "\n<details><summary>Classes of %s at %s: %d of %d worse than the others</summary>\n\n"
            .formatted(section.title(), section.precision(), section.worse(), section.classes()));
    s.append(section.worst().markdown());
    if (!section.rest().rows().isEmpty()) {
      s.append("\n<details><summary>The others</summary>\n\n")
          .append(section.rest().markdown())
          .append("\n</details>\n");
    }
    if (section.left() > 0) {
      s.append("\n%d more classes: see `bitgaze view`\n".formatted(section.left()));
    }
    return s.append("\n</details>\n").toString();
  }

  private static String found(Verdict verdict) {
    return verdict.noise().isEmpty()
        ? verdict.numbers()
        : verdict.numbers() + " (second f32 run: " + verdict.noiseNumbers() + ")";
  }

  private static String worst(Verdict verdict, List<ExhibitLine> exhibits) {
    List<String> images = new ArrayList<>();
    for (ExhibitLine image : Gallery.worst(exhibits, verdict.model(), verdict.precision())) {
      double cc = Gallery.cc(image, verdict.model(), verdict.precision());
      String drift =
          cc == ComparedImage.VANISHED
              ? Gallery.drift(image, verdict.model(), verdict.precision())
              : Numbers.fixed(cc, 3);
      // As code, a name that a user chose is neither markup nor a mention.
      images.add("`" + image.key().replace('`', '\'') + "` (" + drift + ")");
    }
    return String.join(", ", images);
  }
}

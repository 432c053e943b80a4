package org.bitgaze.pipelines.report;

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

  private MarkdownReport() {}

  /**
   * Writes verdicts, the gate, the worst images, and the numbers, folded.
   *
   * @return some thousand characters for a model at a few precisions
   */
  static String of(Run run, Assessment assessment, List<ExhibitLine> exhibits) {
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
    List<Judgement> judgements = assessment.judgements();
    if (!judgements.isEmpty()) {
      long failed = judgements.stream().filter(j -> !j.holds()).count();
      String result =
          failed == 0
              ? "passed"
              : "**" + failed + " of " + judgements.size() + " conditions failed**";
      s.append("\nGate `%s`: %s\n".formatted(assessment.gate(), result));
    }
    RunInfo info = run.info();
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

  private static String found(Verdict verdict) {
    return verdict.noise().isEmpty()
        ? verdict.numbers()
        : verdict.numbers() + " (second f32 run: " + verdict.noiseNumbers() + ")";
  }

  private static String worst(Verdict verdict, List<ExhibitLine> exhibits) {
    List<String> images = new ArrayList<>();
    for (ExhibitLine image : Gallery.worst(exhibits, verdict.model(), verdict.precision())) {
      double cc = Gallery.cc(image, verdict.model(), verdict.precision());
      String drift = cc == ComparedImage.VANISHED ? "vanished" : Numbers.fixed(cc, 3);
      // As code, a name that a user chose is neither markup nor a mention.
      images.add("`" + image.key().replace('`', '\'') + "` (" + drift + ")");
    }
    return String.join(", ", images);
  }
}

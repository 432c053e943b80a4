package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.List;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;

/**
 * What a gate and the protocol's noise say about a run. It is computed once, for the terminal, the
 * gate's file and the report.
 *
 * @param gate the conditions
 * @param judgements one per model, precision and condition
 * @param floors the protocol's noise; empty if the protocol is not random
 * @param verdicts by model and precision; those whose maps can be judged
 * @param tests what tests of maps say
 */
public record Assessment(
    Gate gate,
    List<Judgement> judgements,
    List<NoiseFloor> floors,
    List<Verdict> verdicts,
    MapTestResults tests) {
  /** Assesses a run. */
  public static Assessment of(Gate gate, Summary summary, RowQueries rows) throws IOException {
    List<Judgement> judgements = gate.judge(summary, rows);
    List<NoiseFloor> floors = NoiseFloor.of(summary, rows);
    List<Verdict> verdicts = Verdict.of(judgements, summary, rows, floors);
    return new Assessment(gate, judgements, floors, verdicts, MapTestResults.of(summary, rows));
  }
}

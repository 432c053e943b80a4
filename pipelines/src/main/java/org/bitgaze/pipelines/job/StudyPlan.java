package org.bitgaze.pipelines.job;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.pipelines.study.StudyDesign;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.RangeRule;

/**
 * What a study of calibration computes, checked before anything runs.
 *
 * @param audit the models, and how they are explained
 * @param precisions integer precisions
 * @param rules how ranges are determined; not dynamic
 * @param design which samples are drawn
 */
public record StudyPlan(
    AuditPlan audit, List<Precision> precisions, List<RangeRule> rules, StudyDesign design) {

  /**
   * Returns the rules that are defined at a precision.
   *
   * @param precision an integer precision
   * @return the rules, in their order; those that end at 8 bits are left out above
   */
  public List<RangeRule> rules(Precision precision) {
    ActivationScheme scheme = audit.protocol().execution().scheme();
    List<RangeRule> defined = new ArrayList<>();
    for (RangeRule rule : rules) {
      try {
        rule.check(Configuration.uniform(precision), scheme);
        defined.add(rule);
      } catch (IllegalArgumentException e) {
        // The rule is compared at the other precisions.
      }
    }
    return defined;
  }
}

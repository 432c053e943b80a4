package org.bitgaze.pipelines.audit;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.pipelines.layers.Search;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.sweep.QuantizedPart;

/**
 * What a job over layers is to compute, all of it checked.
 *
 * @param audit the models, and with what their maps are compared
 * @param precisions of the layers, integer ones
 * @param kinds what is quantized of a layer
 * @param search what a mixed precision must keep, where one is asked for
 */
public record LayersPlan(
    AuditPlan audit,
    List<Precision> precisions,
    Set<QuantizedPart> kinds,
    Optional<Search> search) {}

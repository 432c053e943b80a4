package org.bitgaze.pipelines.job;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.pipelines.layers.Search;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.sweep.QuantizedPart;

/**
 * What a job over layers computes, checked before anything runs.
 *
 * @param audit the models, and what their maps are compared with
 * @param precisions integer precisions of the layers
 * @param kinds which parts of a layer are quantized
 * @param search conditions of a mixed precision; empty if none is searched
 */
public record LayersPlan(
    AuditPlan audit,
    List<Precision> precisions,
    Set<QuantizedPart> kinds,
    Optional<Search> search) {}

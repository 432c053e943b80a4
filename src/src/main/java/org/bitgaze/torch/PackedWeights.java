package org.bitgaze.torch;

import org.bitgaze.network.Node;
import org.bitgaze.network.op.IntegerScript;

/**
 * An attribute that holds a layer's weights as an integer kernel wants them.
 *
 * @param attribute its name
 * @param node the layer
 * @param packing how they are packed
 */
record PackedWeights(String attribute, Node node, IntegerScript.Packing packing) {

  /** The attribute's class; it is empty until the module's tensors are there. */
  String type() {
    return "Optional[" + contained() + "]";
  }

  /** Reads it. */
  String expression() {
    return "unchecked_cast(" + contained() + ", self." + attribute + ")";
  }

  private String contained() {
    return "__torch__.torch.classes.quantized." + packing.type();
  }
}

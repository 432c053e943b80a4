package org.bitgaze.torch.emit;

import org.bitgaze.network.Node;
import org.bitgaze.network.op.IntegerScript;

/**
 * An attribute that holds a layer's weights, packed for an integer kernel.
 *
 * @param attribute its name
 * @param node the layer
 * @param packing how they are packed
 */
record PackedWeights(String attribute, Node node, IntegerScript.Packing packing) {

  /** {@return the attribute's type; it is empty until the module's tensors are loaded} */
  String type() {
    return "Optional[" + contained() + "]";
  }

  /** {@return an expression for the weights} */
  String expression() {
    return "unchecked_cast(" + contained() + ", self." + attribute + ")";
  }

  private String contained() {
    return "__torch__.torch.classes.quantized." + packing.type();
  }
}

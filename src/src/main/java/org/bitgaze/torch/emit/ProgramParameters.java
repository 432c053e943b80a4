package org.bitgaze.torch.emit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.IntegerScript;

/** The attributes or variables that hold a network's parameters. */
final class ProgramParameters {
  private final boolean areVariables;

  /** Parameter to the attribute or variable that holds it, in the order in which they were read. */
  private final Map<String, String> names = new LinkedHashMap<>();

  private final List<PackedWeights> packed = new ArrayList<>();

  ProgramParameters(boolean areVariables) {
    this.areVariables = areVariables;
  }

  /** {@return whether variables hold the parameters, and not the module's attributes} */
  boolean areVariables() {
    return areVariables;
  }

  /** {@return a new variable for a parameter} */
  String define(String parameter) {
    String variable = identifier('p', names.size(), parameter);
    names.put(parameter, variable);
    return variable;
  }

  /** {@return an expression for a node's parameter} */
  String get(Node node, String local) {
    String parameter = node.name() + "." + local;
    return areVariables
        ? names.get(parameter)
        : "self." + (names.containsKey(parameter) ? names.get(parameter) : define(parameter));
  }

  /** {@return an expression for a node's packed weights} */
  String pack(Node node, IntegerScript.Packing packing) {
    var weights = new PackedWeights(identifier('k', packed.size(), node.name()), node, packing);
    packed.add(weights);
    return weights.expression();
  }

  /** {@return parameter to attribute; empty where variables hold the parameters} */
  Map<String, String> attributes() {
    return areVariables ? Map.of() : names;
  }

  /** {@return the weights of every layer that an integer kernel computes} */
  List<PackedWeights> packed() {
    return List.copyOf(packed);
  }

  /** {@return a unique name: the number makes it so, the rest is for readers} */
  static String identifier(char kind, int number, String name) {
    return kind + "" + number + "_" + name.replaceAll("[^A-Za-z0-9]", "_");
  }
}

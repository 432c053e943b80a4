package org.bitgaze.torch.emit;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.emit.ProgramText.Use;

/**
 * Writes one node's operation into a program.
 *
 * @param text the program
 * @param node the node
 * @param use what is done with the tensors of the nodes that are written together
 * @param nodes names of those nodes
 * @param readOutside owners of the memory that other nodes read
 * @param bound parameter to the variable that holds it instead; {@link #bindParameter} adds to it
 */
record NodeScript(
    ProgramText text,
    Node node,
    Use use,
    Collection<String> nodes,
    Set<String> readOutside,
    Map<String, String> bound)
    implements Script {

  @Override
  public List<String> inputs() {
    return node.inputs().stream().map(text::variable).toList();
  }

  @Override
  public int[] shape() {
    return text.shape(node.input());
  }

  @Override
  public String stream() {
    return Script.call("select", "streams", 1, text.stream(node));
  }

  @Override
  public String parameter(String local) {
    String variable = bound.get(local);
    return variable == null ? text.parameters().get(node, local) : variable;
  }

  @Override
  public void bindParameter(String local, String variable) {
    bound.put(local, variable);
  }

  @Override
  public boolean usesBatchStatistics() {
    return text.parameters().areVariables();
  }

  @Override
  public boolean mayOverwrite() {
    TensorMemory memory = text.memory();
    String owner = memory.owner(node.input());
    return use == Use.OVERWRITTEN
        && nodes.contains(owner)
        && memory.isLastReader(node)
        && !readOutside.contains(owner)
        && !text.isForeign(owner)
        && !isReadInAnotherForm(owner);
  }

  /** Whether another input is part of the same memory, or all of it in another order. */
  private boolean isReadInAnotherForm(String owner) {
    return node.inputs().stream()
        .filter(input -> text.memory().owner(input).equals(owner))
        .anyMatch(input -> !text.variable(input).equals(input()));
  }

  @Override
  public String convolve(Conv2d convolution, String weight, String bias) {
    Size image = new Size(shape()[1], shape()[2]);
    var call = new ConvolutionCalls.Call(convolution, image, input(), weight, bias);
    return use == Use.DIFFERENTIATED ? call.portable() : text.convolve(call);
  }

  @Override
  public String let(String expression) {
    String variable = text.newVariable();
    text.add(variable + " = " + expression);
    return variable;
  }

  @Override
  public String choose(String number, List<Supplier<String>> alternatives) {
    String variable = text.newVariable();
    int last = alternatives.size() - 1;
    for (int i = 0; i <= last; i++) {
      Supplier<String> alternative = alternatives.get(i);
      String test = i == last ? "else:" : (i == 0 ? "if " : "elif ") + number + " == " + i + ":";
      text.block(test, () -> text.add(variable + " = " + alternative.get()));
    }
    return variable;
  }

  @Override
  public void expose(String name, String variable) {
    text.exposed().put(name, variable);
  }
}

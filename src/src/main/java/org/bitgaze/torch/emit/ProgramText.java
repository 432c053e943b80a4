package org.bitgaze.torch.emit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;

/**
 * The text of a TorchScript program that computes a graph's nodes, and statements that its owner
 * adds. Where nothing is differentiated and a tensor is not read again, element-wise operations
 * work in place.
 *
 * <p>Variables of nodes are named {@code n0_...}, parameters {@code p0_...}, intermediate values
 * {@code t0}: a letter and a number, whatever the nodes' names are. An owner's variables must have
 * other names.
 */
public final class ProgramText {
  private final Graph graph;
  private final Shapes shapes;
  private final TensorMemory memory;
  private final ProgramParameters parameters;
  private final List<String> lines = new ArrayList<>();

  /** Node to the variable that holds its output. */
  private final Map<String, String> variables = new HashMap<>();

  private final Map<String, String> exposed = new LinkedHashMap<>();
  private final List<String> streams = new ArrayList<>();
  private ConvolutionCalls convolutions = ConvolutionCalls.PORTABLE;
  private boolean portable = true;

  /** Whether the program itself made the network's input, and nothing else reads it. */
  private boolean ownsInput;

  private int intermediates;
  private int depth;

  private ProgramText(Graph graph, Size size, boolean variablesHoldParameters) {
    this.graph = graph;
    this.shapes = Shapes.of(graph, size.height(), size.width());
    this.memory = new TensorMemory(graph);
    this.parameters = new ProgramParameters(variablesHoldParameters);
  }

  /**
   * Starts a program whose parameters are the module's attributes and whose batch norms use running
   * statistics.
   *
   * @param graph the network
   * @param size height and width of its images
   * @return an empty text
   * @throws IllegalArgumentException if images of that size do not fit the network
   */
  public static ProgramText ofAttributes(Graph graph, Size size) {
    return new ProgramText(graph, size, false);
  }

  /**
   * Starts a program whose parameters are variables, see {@link #bindParameter}, and whose batch
   * norms use the batch's statistics.
   *
   * @param graph the network
   * @param size height and width of its images
   * @return an empty text
   * @throws IllegalArgumentException if images of that size do not fit the network
   */
  public static ProgramText ofVariables(Graph graph, Size size) {
    return new ProgramText(graph, size, true);
  }

  /**
   * Changes how convolutions are called where nothing is differentiated.
   *
   * @param calls writes the calls; the default is {@link ConvolutionCalls#PORTABLE}
   * @return this text
   */
  public ProgramText withConvolutions(ConvolutionCalls calls) {
    convolutions = calls;
    return this;
  }

  /** {@return whether other machines may load the program} */
  public boolean isPortable() {
    return portable;
  }

  /** {@return the network that is computed} */
  public Graph graph() {
    return graph;
  }

  /** {@return the body of the forward method, without its own indentation} */
  public List<String> lines() {
    return lines;
  }

  /** {@return the module's attributes: parameter to attribute name, of every parameter read} */
  public Map<String, String> attributes() {
    return parameters.attributes();
  }

  /** {@return what operations handed out, see {@link Script#expose}: name to variable} */
  public Map<String, String> exposed() {
    return exposed;
  }

  /**
   * Returns the nodes that draw random numbers. A program that has such nodes takes an argument
   * {@code streams} (int64, N x nodes): the state of each image's stream for each node.
   *
   * @return names, in the order of the columns
   */
  public List<String> streams() {
    return List.copyOf(streams);
  }

  /**
   * Adds a statement.
   *
   * @param line its text
   */
  public void add(String line) {
    lines.add("  ".repeat(depth) + line);
  }

  /**
   * Adds a compound statement, such as an {@code if}.
   *
   * @param header its first line, with the colon
   * @param body adds the lines under it
   */
  public void block(String header, Runnable body) {
    add(header);
    depth++;
    body.run();
    depth--;
  }

  /**
   * Makes a variable hold a node's output from here on.
   *
   * @param node the node's name
   * @param variable one of the owner's; as the network's input it is never overwritten
   */
  public void bind(String node, String variable) {
    variables.put(node, variable);
    ownsInput &= !isInput(node);
  }

  /** Makes a variable that the program wrote the network's input, which may be overwritten. */
  void bindOwnInput(String variable) {
    variables.put(graph.nodes().get(0).name(), variable);
    ownsInput = true;
  }

  /**
   * Makes a new variable hold a parameter.
   *
   * @param parameter its name
   * @param expression its value
   */
  public void bindParameter(String parameter, String expression) {
    add(parameters.define(parameter) + " = " + expression);
  }

  /**
   * Returns the variable that holds a node's output.
   *
   * @param node a node that was written or bound
   * @return its variable
   * @throws IllegalArgumentException if it was not
   */
  public String variable(String node) {
    String variable = variables.get(node);
    if (variable == null) {
      throw new IllegalArgumentException(graph.name() + ": '" + node + "' is not written yet");
    }
    return variable;
  }

  /** What happens to the tensors that nodes write. */
  public enum Use {
    /** They are differentiated, and kept for that. */
    DIFFERENTIATED,
    /** They are not differentiated, but the owner reads them again. */
    KEPT,
    /**
     * They are not differentiated. A tensor that these nodes have written may be overwritten when
     * it is read for the last time, unless other nodes read it. So may the input that {@link
     * InputText} made, until the owner binds it.
     */
    OVERWRITTEN
  }

  /**
   * Writes nodes' statements.
   *
   * @param nodes names; all their inputs are written or bound
   * @param use what happens to their tensors
   */
  public void write(Collection<String> nodes, Use use) {
    Set<String> readOutside = memory.readOutside(nodes);
    List<Node> all = graph.nodes();
    for (int i = 0; i < all.size(); i++) {
      Node node = all.get(i);
      if (nodes.contains(node.name()) && !isInput(node.name())) {
        String expression =
            node.op()
                .torchScript(new NodeScript(this, node, use, nodes, readOutside, new HashMap<>()));
        if (variables.containsValue(expression)) {
          variables.put(node.name(), expression);
        } else {
          String variable = ProgramParameters.identifier('n', i, node.name());
          add(variable + " = " + expression);
          variables.put(node.name(), variable);
        }
      }
    }
  }

  TensorMemory memory() {
    return memory;
  }

  ProgramParameters parameters() {
    return parameters;
  }

  /**
   * Returns the shape of a node's output.
   *
   * @param node its name
   * @return the shape without the batch dimension
   */
  public int[] shape(String node) {
    return shapes.get(node);
  }

  /** {@return whether a node is the network's input and its tensor belongs to the owner} */
  boolean isForeign(String node) {
    return isInput(node) && !ownsInput;
  }

  /** {@return the column of a node's random stream} */
  int stream(Node node) {
    if (!streams.contains(node.name())) {
      streams.add(node.name());
    }
    return streams.indexOf(node.name());
  }

  String convolve(ConvolutionCalls.Call call) {
    String expression = convolutions.write(call);
    portable &= expression.equals(call.portable());
    return expression;
  }

  String newVariable() {
    return "t" + intermediates++;
  }

  private boolean isInput(String node) {
    return graph.node(node).op() instanceof Input;
  }
}

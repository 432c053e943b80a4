package org.bitgaze.torch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.Normalization;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.IntegerScript;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;

/**
 * The text of a TorchScript program that computes a graph's nodes, and whatever its owner adds.
 * Where nobody differentiates and nobody reads the input again, element-wise operations work in
 * place.
 *
 * <p>Variables of nodes are named {@code n0_...}, parameters {@code p0_...}, intermediate values
 * {@code t0}: a letter and a number, whatever the nodes' names are. An owner's own variables have
 * other names.
 */
public final class ProgramText {
  private final Graph graph;
  private final boolean variablesHoldParameters;
  private final Shapes shapes;
  private final List<String> lines = new ArrayList<>();

  /** Node to the variable that holds its output. */
  private final Map<String, String> variables = new HashMap<>();

  /** Node to the node whose memory its output is. */
  private final Map<String, String> owners = new HashMap<>();

  /** Owner to its last reader, the only one that may overwrite it. */
  private final Map<String, String> lastReaders = new HashMap<>();

  /** Parameter to the attribute or variable that holds it. */
  private final Map<String, String> parameters = new LinkedHashMap<>();

  /** What holds a layer's packed weights, in graph order. */
  private final List<PackedWeights> packed = new ArrayList<>();

  private final Map<String, String> exposed = new LinkedHashMap<>();

  /** Nodes that draw random numbers, in the order of the columns of {@code streams}. */
  private final List<String> streams = new ArrayList<>();

  private Convolutions convolutions = Convolutions.PORTABLE;
  private boolean callsOneDnn;

  /** Whether the input is a variable that was written here, and that the owner does not know. */
  private boolean ownsInput;

  private int intermediate;
  private int depth;

  private ProgramText(Graph graph, Size size, boolean variablesHoldParameters) {
    this.graph = graph;
    this.variablesHoldParameters = variablesHoldParameters;
    this.shapes = Shapes.of(graph, size.height(), size.width());
    for (Node node : graph.nodes()) {
      boolean alias = node.op().isAlias(node.inputs().size());
      owners.put(node.name(), alias ? owners.get(node.input()) : node.name());
      for (String input : node.inputs()) {
        lastReaders.put(owners.get(input), node.name());
      }
    }
  }

  /**
   * Starts a program whose parameters are the module's attributes, and whose batch norms use
   * running statistics.
   *
   * @param graph the network
   * @param side height and width of its images
   * @return an empty text
   * @throws IllegalArgumentException if images of that size do not fit the network
   */
  public static ProgramText ofAttributes(Graph graph, int side) {
    return ofAttributes(graph, Size.of(side));
  }

  /**
   * Starts a program as {@link #ofAttributes(Graph, int)} does, for images that are no squares.
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
   * @param side height and width of its images
   * @return an empty text
   * @throws IllegalArgumentException if images of that size do not fit the network
   */
  public static ProgramText ofVariables(Graph graph, int side) {
    return new ProgramText(graph, Size.of(side), true);
  }

  /**
   * Changes which convolutions are called where nobody differentiates.
   *
   * @param choice at first PyTorch's
   * @return this text
   */
  ProgramText withConvolutions(Convolutions choice) {
    convolutions = choice;
    return this;
  }

  /** Whether oneDNN is called by name somewhere, which is for this machine, and for one thread. */
  boolean callsOneDnn() {
    return callsOneDnn;
  }

  /**
   * Returns the graph.
   *
   * @return the network that is computed
   */
  public Graph graph() {
    return graph;
  }

  /**
   * Returns the body of the forward method.
   *
   * @return lines without indentation
   */
  public List<String> lines() {
    return lines;
  }

  /**
   * Returns the attributes that the module needs.
   *
   * @return parameter name to attribute name, of every parameter that was read
   */
  public Map<String, String> attributes() {
    return variablesHoldParameters ? Map.of() : parameters;
  }

  /**
   * Returns the packed weights that the module needs.
   *
   * @return those of every layer that an integer kernel computes
   */
  List<PackedWeights> packed() {
    return List.copyOf(packed);
  }

  /**
   * Returns what operations handed out, see {@link Script#expose}.
   *
   * @return name to variable, in graph order
   */
  public Map<String, String> exposed() {
    return exposed;
  }

  /**
   * Returns the nodes that draw random numbers. A program that has such nodes takes an argument
   * {@code streams} (int64, N x nodes): the state of each image's stream for each of them.
   *
   * @return names, in the order of the columns
   */
  public List<String> streams() {
    return List.copyOf(streams);
  }

  /**
   * Adds a line as it is.
   *
   * @param line a statement
   */
  public void add(String line) {
    lines.add("  ".repeat(depth) + line);
  }

  /**
   * Adds lines that belong to a statement, such as those under an {@code if}.
   *
   * @param header the statement, with its colon
   * @param body adds the lines
   */
  public void block(String header, Runnable body) {
    add(header);
    depth++;
    body.run();
    depth--;
  }

  /**
   * Makes a variable stand for a node's output from here on.
   *
   * @param node the node's name
   * @param variable one of the owner's; as the network's input it is never overwritten
   */
  public void bind(String node, String variable) {
    variables.put(node, variable);
    ownsInput &= !(graph.node(node).op() instanceof Input);
  }

  /**
   * Makes a new variable stand for a parameter.
   *
   * @param parameter its name
   * @param expression its value
   */
  public void bindParameter(String parameter, String expression) {
    String variable = identifier('p', parameters.size(), parameter);
    parameters.put(parameter, variable);
    add(variable + " = " + expression);
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
      throw new IllegalArgumentException(graph.name() + ": '" + node + "' was not written yet");
    }
    return variable;
  }

  /**
   * Makes the network's input of {@code images}, uint8 (N, height, width, 3), without copying it to
   * another order.
   *
   * @param normalization what is done to the samples
   */
  public void normalizeImages(Normalization normalization) {
    addRows("images");
    add("samples = torch.div_(rows, 255.)");
    addRow("mean", normalization.mean());
    addRow("std", normalization.std());
    bindNormalized("torch.div_(torch.sub_(samples, mean), std)");
  }

  /**
   * Makes the network's input of {@code images} as {@link #normalizeImages} does, in Caffe's way.
   *
   * @param means what is subtracted from the samples
   */
  public void subtractMeans(CaffeMeans means) {
    addRows("torch.flip(images, [3])");
    addRow("mean", means.means());
    bindNormalized("torch.sub_(rows, mean)");
  }

  /**
   * Images as floats, N x height x (width x 3): three channels that lie beside each other are too
   * few for a loop, a row of them is not.
   */
  private void addRows(String images) {
    add("rows = torch.flatten(torch.to(" + images + ", 6, False, False, None), 2, 3)");
  }

  /** A number for each channel, as often as there are pixels in a row. */
  private void addRow(String variable, List<Double> channels) {
    String once = "torch.tensor(" + channels + ", dtype=6)";
    add(variable + " = torch.repeat(" + once + ", [torch.size(images, 2)])");
  }

  private void bindNormalized(String rows) {
    String shape = "[-1, torch.size(images, 1), torch.size(images, 2), 3]";
    add("normalized = torch.permute(torch.view(" + rows + ", " + shape + "), [0, 3, 1, 2])");
    variables.put(graph.nodes().get(0).name(), "normalized");
    ownsInput = true;
  }

  /** What is done with the tensors that nodes write. */
  public enum Use {
    /** They are differentiated, and kept for that. */
    DIFFERENTIATED,
    /** Nobody differentiates, but the owner reads them again. */
    KEPT,
    /**
     * Nobody differentiates, and a tensor that these nodes have written, that is read for the last
     * time, and by none of the other nodes, may be overwritten; so may be the input that {@link
     * #normalizeImages} or {@link #subtractMeans} made, until the owner binds it.
     */
    OVERWRITTEN
  }

  /**
   * Writes nodes' statements.
   *
   * @param nodes names; all their inputs are written or bound
   * @param use what is done with their tensors
   */
  public void write(Collection<String> nodes, Use use) {
    List<Node> all = graph.nodes();
    Set<String> readElsewhere = new HashSet<>();
    for (Node node : all) {
      if (!nodes.contains(node.name())) {
        node.inputs().forEach(input -> readElsewhere.add(owners.get(input)));
      }
    }
    for (int i = 0; i < all.size(); i++) {
      Node node = all.get(i);
      if (nodes.contains(node.name()) && !(node.op() instanceof Input)) {
        String expression = node.op().torchScript(new NodeScript(node, use, nodes, readElsewhere));
        if (variables.containsValue(expression)) {
          variables.put(node.name(), expression);
        } else {
          String variable = identifier('n', i, node.name());
          add(variable + " = " + expression);
          variables.put(node.name(), variable);
        }
      }
    }
  }

  /** The shape of a node's output, without the batch dimension. */
  int[] shape(String node) {
    return shapes.get(node);
  }

  /** The variable or attribute that holds a node's parameter. */
  String parameter(Node node, String local) {
    String name = node.name() + "." + local;
    if (variablesHoldParameters) {
      return parameters.get(name);
    }
    String attribute = parameters.computeIfAbsent(name, n -> identifier('p', parameters.size(), n));
    return "self." + attribute;
  }

  /** An expression for a node's packed weights. */
  String packed(Node node, IntegerScript.Packing packing) {
    PackedWeights weights =
        new PackedWeights(identifier('k', packed.size(), node.name()), node, packing);
    packed.add(weights);
    return weights.expression();
  }

  /** A name that no other has, for the number decides; the rest is for people. */
  static String identifier(char kind, int number, String name) {
    return kind + "" + number + "_" + name.replaceAll("[^A-Za-z0-9]", "_");
  }

  private final class NodeScript implements Script {
    private final Node node;
    private final Use use;
    private final Collection<String> nodes;
    private final Set<String> readElsewhere;
    private final Map<String, String> bound = new HashMap<>();

    NodeScript(Node node, Use use, Collection<String> nodes, Set<String> readElsewhere) {
      this.node = node;
      this.use = use;
      this.nodes = nodes;
      this.readElsewhere = readElsewhere;
    }

    @Override
    public List<String> inputs() {
      return node.inputs().stream().map(ProgramText.this::variable).toList();
    }

    @Override
    public int[] shape() {
      return shapes.get(node.input());
    }

    @Override
    public String stream() {
      if (!streams.contains(node.name())) {
        streams.add(node.name());
      }
      return Script.call("select", "streams", 1, streams.indexOf(node.name()));
    }

    @Override
    public String parameter(String local) {
      String variable = bound.get(local);
      return variable == null ? ProgramText.this.parameter(node, local) : variable;
    }

    @Override
    public void bindParameter(String local, String variable) {
      bound.put(local, variable);
    }

    @Override
    public boolean usesBatchStatistics() {
      return variablesHoldParameters;
    }

    @Override
    public boolean mayOverwrite() {
      String owner = owners.get(node.input());
      return use == Use.OVERWRITTEN
          && nodes.contains(owner)
          && node.name().equals(lastReaders.get(owner))
          && !readElsewhere.contains(owner)
          && (ownsInput || !(graph.node(owner).op() instanceof Input))
          && !isAlsoReadOtherwise(owner);
    }

    /** Whether another input shows a part of the same memory, or all of it in another order. */
    private boolean isAlsoReadOtherwise(String owner) {
      return node.inputs().stream()
          .filter(input -> owners.get(input).equals(owner))
          .anyMatch(input -> !variable(input).equals(variable(node.input())));
    }

    @Override
    public Optional<String> callsOneDnn(Conv2d convolution) {
      int[] image = shape();
      Optional<String> condition =
          use == Use.DIFFERENTIATED
              ? Optional.empty()
              : convolutions.oneDnn(convolution, input(), new Size(image[1], image[2]));
      callsOneDnn |= condition.isPresent();
      return condition;
    }

    @Override
    public String let(String expression) {
      String variable = "t" + intermediate++;
      add(variable + " = " + expression);
      return variable;
    }

    @Override
    public String choose(String number, List<Supplier<String>> alternatives) {
      String variable = "t" + intermediate++;
      int last = alternatives.size() - 1;
      for (int i = 0; i <= last; i++) {
        Supplier<String> alternative = alternatives.get(i);
        String test = i == last ? "else:" : (i == 0 ? "if " : "elif ") + number + " == " + i + ":";
        block(test, () -> add(variable + " = " + alternative.get()));
      }
      return variable;
    }

    @Override
    public void expose(String name, String variable) {
      exposed.put(name, variable);
    }
  }
}

package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Einsum of two operands as a product of matrices: dimensions that both have and the output keeps
 * are stacked, those that the output does not have are summed over.
 */
final class Einsum {
  static final List<Operator> ALL =
      List.of(Operator.of("Einsum", 1, 8, Set.of("equation"), Einsum::translate));

  private Einsum() {}

  /** The dimensions of an operand, by their letters, with their sizes in a product. */
  private record Term(String letters, Activation tensor) {
    int size(int letter) {
      return tensor.shape()[letters.indexOf(letter)];
    }
  }

  private static void translate(OnnxNode n) {
    String equation = n.attributes().text("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    boolean fits =
        sides.length == 2
            && terms.length == 2
            && n.inputs().size() == 2
            && isDistinct(terms[0])
            && isDistinct(terms[1])
            && isDistinct(sides[1]);
    if (!fits) {
      throw new IllegalArgumentException(
          "attribute 'equation' = '%s' is not supported: two operands and an output are, each with"
                  .formatted(Quoted.of(equation))
              + " letters that differ");
    }
    Activation any = n.activation(n.isActivation(0) ? 0 : 1);
    Term a = term(n, terms[0], 0, any);
    Term b = term(n, terms[1], 1, any);
    List<Integer> stack = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    List<Integer> columns = new ArrayList<>();
    for (int letter : sides[1].chars().toArray()) {
      boolean left = has(a, letter);
      boolean right = has(b, letter);
      if (!left && !right) {
        throw new IllegalArgumentException("has no operand with '" + (char) letter + "'");
      }
      (left && right ? stack : left ? rows : columns).add(letter);
    }
    Set<Integer> inner = new LinkedHashSet<>();
    for (int letter : (a.letters + b.letters).chars().toArray()) {
      boolean both = has(a, letter) && has(b, letter);
      if (both && a.size(letter) != b.size(letter)) {
        throw new IllegalArgumentException(
            "has sizes %d and %d of '%c'".formatted(a.size(letter), b.size(letter), letter));
      }
      if (sides[1].indexOf(letter) < 0) {
        if (!both) {
          throw new IllegalArgumentException(
              "sums over '%c', which only one operand has".formatted(letter));
        }
        inner.add(letter);
      }
    }
    List<Integer> sums = List.copyOf(inner);
    Activation x = arranged(n, a, stack, rows, sums);
    Activation y = arranged(n, b, stack, sums, columns);
    Activation made = n.between(".product", new MatMul(), x, y);
    List<Integer> sizes = new ArrayList<>();
    List<Integer> letters = new ArrayList<>();
    for (List<Integer> group : List.of(stack, rows, columns)) {
      for (int letter : group) {
        sizes.add(has(a, letter) ? a.size(letter) : b.size(letter));
        letters.add(letter);
      }
    }
    int[] view = sides[1].chars().map(letter -> letters.indexOf(letter) + 1).toArray();
    // A first dimension of one is the batch.
    if (view.length > 0 && sizes.get(view[0] - 1) == 1) {
      int gone = view[0];
      sizes.remove(gone - 1);
      view = Arrays.stream(view).map(i -> i == gone ? 0 : i > gone ? i - 1 : i).toArray();
    }
    n.emitView(view, new Reshape(sizes), made);
  }

  private static boolean has(Term term, int letter) {
    return term.letters.indexOf(letter) >= 0;
  }

  private static boolean isDistinct(String letters) {
    return letters.chars().allMatch(Character::isLetter)
        && letters.chars().distinct().count() == letters.length();
  }

  private static Term term(OnnxNode n, String letters, int input, Activation any) {
    Activation x =
        n.isConstant(input)
            ? n.graph().constant(n.output(), n.constant(input), any)
            : n.activation(input);
    if (x.rank() != letters.length()) {
      throw new IllegalArgumentException(
          "has '%s' for %s".formatted(letters, Arrays.toString(x.shape())));
    }
    return new Term(letters, n.graph().batchAt(x, -1));
  }

  /** A tensor as (1, stack, rows, columns), each several dimensions in one. */
  @SafeVarargs
  private static Activation arranged(OnnxNode n, Term term, List<Integer>... groups) {
    int[] view =
        Arrays.stream(groups)
            .flatMap(List::stream)
            .mapToInt(letter -> term.tensor.order()[term.letters.indexOf(letter)])
            .toArray();
    Activation moved = n.graph().plain(term.tensor.viewed(view));
    List<Integer> sizes =
        Arrays.stream(groups)
            .map(group -> ConstantTensor.size(group.stream().mapToInt(term::size).toArray()))
            .collect(Collectors.toList());
    return n.graph().reshaped(moved, sizes, IntStream.range(0, 4).toArray());
  }
}

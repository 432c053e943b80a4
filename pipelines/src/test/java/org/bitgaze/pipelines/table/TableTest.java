package org.bitgaze.pipelines.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private record Item(String name, Double value, boolean best) {}

  private static final Table TABLE =
      new Layout<Item>()
          .left("a|b", Item::name)
          .right("mean", i -> new Cell(i.value(), Numbers.fixed(i.value(), 2), i.best()))
          .ruled((above, item) -> item.best())
          .of(List.of(new Item("x_1", 0.125, false), new Item("y, z", -1e-9, true)));

  @Test
  void columnsOfATerminalAreAligned() {
    assertEquals(List.of("a|b   mean", "----------", "x_1   0.13", "y, z  0.00"), TABLE.text());
  }

  @Test
  void markdownEscapesBars() {
    assertEquals(
        "| a\\|b | mean |\n|---|---:|\n| x_1 | 0.13 |\n| y, z | **0.00** |\n", TABLE.markdown());
  }

  @Test
  void latexIsEscapedAndRuled() {
    assertEquals(
        "% needs \\usepackage{booktabs}\n\\begin{tabular}{lr}\n\\toprule\na|b & mean \\\\\n\\midrule\n"
            + "x\\_1 & $0.13$ \\\\\n\\midrule\ny, z & $\\mathbf{0.00}$ \\\\\n\\bottomrule\n"
            + "\\end{tabular}\n",
        TABLE.latex());
  }

  @Test
  void csvHasFullPrecision() {
    assertEquals("a|b,mean\nx_1,0.125\n\"y, z\",-1.0E-9\n", TABLE.csv());
  }

  @Test
  void numbersOfPeople() {
    assertEquals("-", Numbers.fixed(null, 3));
    assertEquals("0.000", Numbers.fixed(-0.0001, 3));
    assertEquals("0", Numbers.fixed(-0.1, 0));
    assertEquals("98.5 %", Numbers.percent(0.985));
    assertEquals("0.5 [0.4, 0.6]", Numbers.interval(0.5, 0.4, 0.6, false, 1));
    assertEquals("0.5", Numbers.interval(0.5, Double.NaN, Double.NaN, false, 1));
    assertEquals("0.333333333", Numbers.digits(1 / 3.0));
  }
}

package org.bitgaze.cam;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How activations A (N, K, h, w) and gradients g = dS/dA of the target logit S become a map. Each
 * method is a TorchScript expression, evaluated inside the compiled program; every map is rectified
 * at zero by the program.
 */
public enum CamMethod {
  /**
   * Grad-CAM++ (Chattopadhay et al. 2018): alpha = g^2 / (2 g^2 + sum_hw(A) g^3 + 1e-6), zero where
   * g = 0; w_k = sum_hw relu(g) alpha; sum_k w_k A_k.
   */
  GRADCAM_PLUS_PLUS(
      "gradcam++",
      """
      g2 = torch.mul(g, g)
      sum_a = torch.sum(a, [2, 3], True)
      denominator = torch.add(torch.mul(g2, 2.), torch.mul(sum_a, torch.mul(g2, g)))
      alpha = torch.div(g2, torch.add(denominator, 1e-06))
      alpha0 = torch.where(torch.ne(g, 0.), alpha, torch.zeros_like(alpha))
      w = torch.sum(torch.mul(torch.relu(g), alpha0), [2, 3], True)
      weighted = torch.mul(w, a)
      """),
  /** Grad-CAM (Selvaraju et al. 2017): w_k = mean_hw g; sum_k w_k A_k. */
  GRADCAM(
      "gradcam",
      """
      w = torch.mean(g, [2, 3], True)
      weighted = torch.mul(w, a)
      """),
  /** XGrad-CAM (Fu et al. 2020): w_k = sum_hw(g A) / (sum_hw(A) + 1e-7); sum_k w_k A_k. */
  XGRADCAM(
      "xgradcam",
      """
      sum_a = torch.sum(a, [2, 3], True)
      w = torch.div(torch.sum(torch.mul(g, a), [2, 3], True), torch.add(sum_a, 1e-07))
      weighted = torch.mul(w, a)
      """),
  /** LayerCAM (Jiang et al. 2021): sum_k relu(g) A_k. */
  LAYERCAM(
      "layercam",
      """
      weighted = torch.mul(torch.relu(g), a)
      """),
  /** HiResCAM (Draelos and Carin 2020): sum_k g A_k. */
  HIRESCAM(
      "hirescam",
      """
      weighted = torch.mul(g, a)
      """);

  private final String id;
  private final String statements;

  CamMethod(String id, String statements) {
    this.id = id;
    this.statements = statements;
  }

  /**
   * Returns the name on the command line.
   *
   * @return such as {@code gradcam++}
   */
  public String id() {
    return id;
  }

  /**
   * Returns the TorchScript statements.
   *
   * @return lines that read {@code a} and {@code g} and assign {@code weighted}, all (N, K, h, w);
   *     the map is the rectified sum of {@code weighted} over K
   */
  public String statements() {
    return statements;
  }

  /**
   * Finds a method by name.
   *
   * @param id such as {@code gradcam++}
   * @return the method
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static CamMethod of(String id) {
    return Arrays.stream(values())
        .filter(m -> m.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown CAM method '"
                        + id
                        + "'; known: "
                        + Arrays.stream(values())
                            .map(m -> m.id)
                            .collect(Collectors.joining(", "))));
  }
}

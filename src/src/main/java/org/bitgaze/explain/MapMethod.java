package org.bitgaze.explain;

import org.bitgaze.choice.Named;

/**
 * How a map is made. Most methods weigh activations A (N, K, h, w) by gradients g = dS/dA of the
 * target logit S: each is a TorchScript expression, evaluated inside the compiled program, which
 * rectifies every map at zero. Attention methods read the attention A_l (N, heads, T, T) of each
 * block instead, and are not rectified. The others run the network forward only, see {@link
 * #isForward}.
 */
public enum MapMethod implements Named {
  /**
   * Grad-CAM++ (Chattopadhay et al. 2018): alpha = g^2 / (2 g^2 + sum_hw(A) g^3 + 1e-6), zero where
   * g = 0; w_k = sum_hw relu(g) alpha; sum_k w_k A_k.
   */
  GRADCAM_PLUS_PLUS(
      "gradcam++",
      "Chattopadhay et al. 2018",
      """
      g2 = torch.mul(g, g)
      sum_a = torch.sum(a, [2, 3], True)
      denominator = torch.add(torch.mul(g2, 2.), torch.mul(sum_a, torch.mul(g2, g)))
      alpha = torch.div(g2, torch.add(denominator, 1e-06))
      alpha0 = torch.where(torch.ne(g, 0.), alpha, torch.zeros_like(alpha))
      w = torch.sum(torch.mul(torch.relu(g), alpha0), [2, 3], True)
      weighted = torch.mul(w, a)
      """,
      """
      mass = torch.mul(torch.relu(g), torch.abs(alpha0))
      pole = torch.bitwise_or(torch.lt(alpha0, 0.), torch.gt(alpha0, 1.))
      """),
  /**
   * Grad-CAM++ as a common implementation of it computes (torchcam's, whose division by alpha's
   * denominator never takes effect: it divides g^2 by 1 instead, so that alpha = g^2): w_k = sum_hw
   * relu(g) g^2 = sum_hw relu(g)^3; sum_k w_k A_k. The paper's maps are made with it.
   */
  TORCHCAM(
      "torchcam",
      "Grad-CAM++ without its division, as in the paper's code",
      """
      positive = torch.relu(g)
      cubed = torch.mul(torch.mul(positive, positive), positive)
      w = torch.sum(cubed, [2, 3], True)
      weighted = torch.mul(w, a)
      """),
  /** Grad-CAM (Selvaraju et al. 2017): w_k = mean_hw g; sum_k w_k A_k. */
  GRADCAM(
      "gradcam",
      "Selvaraju et al. 2017",
      """
      w = torch.mean(g, [2, 3], True)
      weighted = torch.mul(w, a)
      """),
  /** XGrad-CAM (Fu et al. 2020): w_k = sum_hw(g A) / (sum_hw(A) + 1e-7); sum_k w_k A_k. */
  XGRADCAM(
      "xgradcam",
      "Fu et al. 2020",
      """
      sum_a = torch.sum(a, [2, 3], True)
      w = torch.div(torch.sum(torch.mul(g, a), [2, 3], True), torch.add(sum_a, 1e-07))
      weighted = torch.mul(w, a)
      """,
      """
      size = torch.sum(torch.abs(a), [2, 3], True)
      mass = torch.mul(torch.abs(w), size)
      pole = torch.lt(torch.abs(sum_a), torch.mul(size, 0.01))
      """),
  /** LayerCAM (Jiang et al. 2021): sum_k relu(g) A_k. */
  LAYERCAM(
      "layercam",
      "Jiang et al. 2021",
      """
      weighted = torch.mul(torch.relu(g), a)
      """),
  /** HiResCAM (Draelos and Carin 2020): sum_k g A_k. */
  HIRESCAM(
      "hirescam",
      "Draelos and Carin 2020",
      """
      weighted = torch.mul(g, a)
      """),
  /** The drop of the score where patches of the image are hidden (Zeiler and Fergus 2014). */
  OCCLUSION("occlusion", "drop of the score where a patch is hidden; 196 patches", Need.OUTPUTS),
  /** The probability under random masks (Petsiuk et al. 2018). */
  RISE("rise", "Petsiuk et al. 2018: probability under random masks", Need.OUTPUTS),
  /** {@link #RISE}, divided by how often each place was seen instead of by the expected number. */
  RISE_COVERAGE("rise.coverage", "rise, divided by how often a place was seen", Need.OUTPUTS),
  /** The first principal component of the activations (Muhammad and Yeasin 2020). */
  EIGENCAM(
      "eigencam",
      "Muhammad and Yeasin 2020: principal component of the activations",
      Need.ACTIVATIONS),
  /** Channels weighed by the drop of the score without them (Desai and Ramaswamy 2020). */
  ABLATIONCAM(
      "ablationcam",
      "Desai and Ramaswamy 2020: drop of the score without a channel",
      Need.ACTIVATIONS),
  /** Channels weighed by the score of the image seen through them (Wang et al. 2020). */
  SCORECAM(
      "scorecam", "Wang et al. 2020: score of the image seen through a channel", Need.ACTIVATIONS),
  /**
   * Attention rollout (Abnar and Zuidema 2020): R = A'_L ... A'_1, where A' is the mean of 0.5 A +
   * 0.5 I over the heads, each row divided by its sum. The map is the mean of R's rows of the
   * tokens that the network's head reads, in the patches' columns. It does not depend on the
   * explained class.
   */
  ATTENTION_ROLLOUT(
      "attention-rollout",
      "Abnar and Zuidema 2020: attention through all blocks, for any class",
      """
      mixed = torch.mul(torch.add(torch.mean(attention, [1], False), identity), 0.5)
      stochastic = torch.div(mixed, torch.sum(mixed, [2], True))
      rollout = torch.matmul(stochastic, rollout)
      """,
      "",
      Need.ATTENTION),
  /**
   * Gradient rollout (Chefer et al. 2021, self-attention): R = I; block by block R = R + E R, where
   * E is the mean of relu(dS/dA * A) over the heads, with the gradient through all later blocks.
   * The map is read from R as in {@link #ATTENTION_ROLLOUT}.
   */
  GRADIENT_ROLLOUT(
      "gradient-rollout",
      "Chefer et al. 2021: attention times its gradient through all blocks",
      """
      relevant = torch.mean(torch.relu(torch.mul(g, attention)), [1], False)
      rollout = torch.add(rollout, torch.matmul(relevant, rollout))
      """,
      "",
      Need.ATTENTION);

  /** What an engine must compute for a method. */
  public enum Need {
    /** The network's outputs. */
    OUTPUTS("the outputs"),
    /** The target layer's activations. */
    ACTIVATIONS("the target layer's activations"),
    /** The gradient of the explained score with respect to the target layer's activations. */
    GRADIENT("the gradient at the target layer"),
    /** The attention of all layers, and its gradients. */
    ATTENTION("the attention of all layers");

    private final String description;

    Need(String description) {
      this.description = description;
    }

    /** {@return a noun phrase, such as "the outputs"} */
    public String description() {
      return description;
    }
  }

  private final String id;
  private final String description;
  private final String statements;
  private final String poles;
  private final Need need;

  MapMethod(String id, String description, String statements) {
    this(id, description, statements, "");
  }

  MapMethod(String id, String description, String statements, String poles) {
    this(id, description, statements, poles, Need.GRADIENT);
  }

  /** A method that has no part in a compiled program. */
  MapMethod(String id, String description, Need need) {
    this(id, description, "", "", need);
  }

  MapMethod(String id, String description, String statements, String poles, Need need) {
    this.id = id;
    this.description = description;
    this.statements = statements;
    this.poles = poles;
    this.need = need;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /** {@return what an engine must compute for this method; an engine refuses what it lacks} */
  public Need need() {
    return need;
  }

  /** {@return whether maps are computed by running the network forward only} */
  public boolean isForward() {
    return need == Need.OUTPUTS || need == Need.ACTIVATIONS;
  }

  /** {@return whether the method needs the score's gradient with respect to every attention} */
  public boolean usesAttentionGradient() {
    return this == GRADIENT_ROLLOUT;
  }

  /**
   * Returns the method for networks whose user names none. Grad-CAM++ is ill-conditioned where
   * activations are negative, as tokens are.
   *
   * @param tokens whether the target layer's output consists of a transformer's tokens
   * @return {@link #GRADCAM} for tokens, else {@link #GRADCAM_PLUS_PLUS}
   */
  public static MapMethod defaultOf(boolean tokens) {
    return tokens ? GRADCAM : GRADCAM_PLUS_PLUS;
  }

  /**
   * Returns the TorchScript statements.
   *
   * @return lines that read {@code a} and {@code g} and assign {@code weighted}, all (N, K, h, w);
   *     the map is the rectified sum of {@code weighted} over K. Of a method that needs {@link
   *     Need#ATTENTION}: lines that read {@code attention} (N, heads, T, T), the {@code identity}
   *     (1, T, T) and perhaps the gradient {@code g}, and update {@code rollout} (N, T, T). Empty
   *     for a method that runs the network forward only
   */
  public String statements() {
    return statements;
  }

  /**
   * Returns the TorchScript statements that find weights near a pole. Grad-CAM++'s alpha is in [0,
   * 1] where activations are not negative; elsewhere its denominator may be zero. XGrad-CAM divides
   * by the sum of a channel's activations, which is near zero where they cancel out.
   *
   * @return lines that follow {@link #statements} and assign {@code mass}, the magnitude of the
   *     weights, and {@code pole}, whether a weight is near a pole, of one shape; empty if the
   *     method has no pole
   */
  public String poles() {
    return poles;
  }

  /**
   * Finds a method by name.
   *
   * @param id such as {@code gradcam++}
   * @return the method
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static MapMethod of(String id) {
    return Named.find(values(), "CAM method", id);
  }
}

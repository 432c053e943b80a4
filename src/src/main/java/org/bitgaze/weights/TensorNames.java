package org.bitgaze.weights;

import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of one parameter in files of different origin. */
final class TensorNames {
  private static final Pattern OLD_DENSENET =
      Pattern.compile("(.*denselayer\\d+\\.(?:norm|relu|conv))\\.([12]\\..*)");

  private static final Pattern OLD_VIT =
      Pattern.compile("(.*encoder_layer_\\d+\\.mlp)\\.linear_([12])(\\..*)");

  /** Modules that PyTorch puts around others: they hold no parameters of their own. */
  private static final Set<String> WRAPPERS =
      Set.of("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module");

  private TensorNames() {}

  /**
   * {@return torchvision's current name} DenseNet's files spell {@code denselayer1.norm.1} what is
   * now called {@code denselayer1.norm1}, and vision transformers' {@code mlp.linear_1} what is
   * {@code mlp.0}.
   */
  static String current(String name) {
    Matcher vit = OLD_VIT.matcher(name);
    if (vit.matches()) {
      return vit.group(1) + (vit.group(2).equals("1") ? ".0" : ".3") + vit.group(3);
    }
    return OLD_DENSENET.matcher(name).replaceFirst("$1$2");
  }

  /** {@return the current name without the modules of DataParallel, torch.compile and FSDP} */
  static String unwrapped(String name) {
    return Arrays.stream(current(name).split("\\.", -1))
        .filter(part -> !WRAPPERS.contains(part))
        .collect(Collectors.joining("."));
  }
}

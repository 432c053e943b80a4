package org.bitgaze.program;

import java.util.Optional;

/** How far this machine's oneDNN is trusted with convolutions. */
enum OneDnn {
  /** As PyTorch trusts it. */
  TRUSTED(""),

  /** PyTorch leaves it out; what it was probed with and found right is given to it by name. */
  PROBED(
      "oneDNN is wrong for some convolutions on this machine: it computes those that it was tried"
          + " with and found right, PyTorch itself the others, which takes longer"),

  /** It is wrong, and cannot be left out. */
  WRONG(
      "PyTorch's convolutions are wrong on this machine, and so may maps be: oneDNN cannot be left"
          + " out");

  private final String notice;

  OneDnn(String notice) {
    this.notice = notice;
  }

  /** What users should know of it. */
  Optional<String> notice() {
    return notice.isEmpty() ? Optional.empty() : Optional.of(notice);
  }
}

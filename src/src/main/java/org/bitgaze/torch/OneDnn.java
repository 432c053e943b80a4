package org.bitgaze.torch;

import java.util.Optional;

/** How far this machine's oneDNN is trusted with convolutions. */
enum OneDnn {
  /** As PyTorch trusts it. */
  TRUSTED("oneDNN", ""),

  /** PyTorch leaves it out; what it was probed with and found right is given to it by name. */
  PROBED(
      "oneDNN where it was tried, else PyTorch itself",
      "oneDNN is wrong for some convolutions on this machine: it computes those that it was tried"
          + " with and found right, PyTorch itself the others, which takes longer"),

  /** It is wrong, and cannot be left out. */
  WRONG(
      "oneDNN, which is wrong here",
      "PyTorch's convolutions are wrong on this machine, and so may maps be: oneDNN cannot be left"
          + " out");

  private final String title;
  private final String notice;

  OneDnn(String title, String notice) {
    this.title = title;
    this.notice = notice;
  }

  /** What computes convolutions. */
  String title() {
    return title;
  }

  /** What users should know of it. */
  Optional<String> notice() {
    return notice.isEmpty() ? Optional.empty() : Optional.of(notice);
  }
}

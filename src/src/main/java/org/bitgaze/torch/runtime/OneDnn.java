package org.bitgaze.torch.runtime;

import java.util.Optional;

/** Whether oneDNN computes convolutions right on this machine. */
enum OneDnn {
  /** It does: PyTorch chooses it where it is fastest. */
  TRUSTED("oneDNN", ""),

  /** Some are wrong: PyTorch leaves it out, and those that were tried and are right call it. */
  PROBED(
      "oneDNN where it was tried, else PyTorch",
      "oneDNN computes some convolutions wrong on this machine. Each convolution is tried once;"
          + " PyTorch itself computes those where oneDNN is wrong, which takes longer"),

  /** Some are wrong, and PyTorch cannot leave it out. */
  WRONG(
      "oneDNN, which is wrong on this machine",
      "oneDNN computes some convolutions wrong on this machine and cannot be disabled: maps may be"
          + " wrong");

  private final String title;
  private final String notice;

  OneDnn(String title, String notice) {
    this.title = title;
    this.notice = notice;
  }

  /** {@return what computes convolutions, in a few words} */
  String title() {
    return title;
  }

  /** {@return a warning for users, if there is anything unusual} */
  Optional<String> notice() {
    return notice.isEmpty() ? Optional.empty() : Optional.of(notice);
  }
}

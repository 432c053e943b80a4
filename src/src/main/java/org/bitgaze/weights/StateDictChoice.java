package org.bitgaze.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds a network's parameters among the tensors of a file. They may stand under a prefix: of
 * nested dicts ({@code state_dict}), of modules that the network was part of ({@code model}), and
 * of wrappers, which may stand anywhere in a name ({@code module}). A prefix under which every
 * parameter is found, with its shape, fits. At most one may; where none does, the parameters that
 * are there are returned.
 *
 * @param fileNames the file's name of each parameter
 * @param notices what was chosen and converted, for people
 */
record StateDictChoice(Map<String, String> fileNames, List<String> notices) {
  /** What the part without a prefix is called. */
  private static final String ROOT = ".";

  /** The parameters that were found under a prefix, with the file's names of each. */
  private record Candidate(String prefix, Map<String, List<String>> names) {
    /** What users choose it by: the prefix as the file spells it. */
    String label() {
      Map.Entry<String, List<String>> first = names.entrySet().iterator().next();
      String name = first.getValue().get(0);
      String label = name.endsWith("." + first.getKey()) ? beginning(name, first.getKey()) : prefix;
      return label.isEmpty() ? ROOT : label;
    }

    boolean isCalled(String part) {
      String unwrapped = TensorNames.unwrapped(part);
      return part.equals(label())
          || unwrapped.equals(prefix)
          || Arrays.asList(label().split("\\.")).contains(part);
    }

    boolean fits(StoredTensors file, WantedParameters wanted) throws WeightsException {
      for (Map.Entry<String, List<String>> entry : names.entrySet()) {
        if (!wanted.fits(entry.getKey(), file.shape(entry.getValue().get(0)))) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Looks for the parameters.
   *
   * @param file where
   * @param wanted which
   * @param part the label of a prefix, or a component of it; empty for the only one
   * @throws WeightsException if several fit, or an element type cannot be read
   */
  static StateDictChoice of(StoredTensors file, WantedParameters wanted, String part)
      throws WeightsException {
    List<Candidate> found = candidates(file, wanted);
    List<Candidate> complete =
        found.stream().filter(c -> c.names().size() == wanted.shapes().size()).toList();
    if (complete.isEmpty()) {
      return incomplete(file, found);
    }
    List<Candidate> fitting = new ArrayList<>();
    for (Candidate candidate : complete) {
      if (candidate.fits(file, wanted)) {
        fitting.add(candidate);
      }
    }
    // Where no shape fits, the network's own check says which differs.
    List<Candidate> all = fitting.isEmpty() ? complete : fitting;
    List<Candidate> chosen = part.isEmpty() ? all : named(all, part);
    if (chosen.size() != 1) {
      throw new WeightsException(
          file.description()
              + (part.isEmpty()
                  ? ": " + all.size() + " parts fit " + wanted.network() + "; choose one: "
                  : ": no single part is called '" + part + "'; those that fit are ")
              + all.stream().map(c -> "#" + c.label()).collect(Collectors.joining(", ")));
    }
    return of(file, wanted, chosen.get(0), all.size() > 1);
  }

  /** Those with exactly this label, else those of which it is a part. */
  private static List<Candidate> named(List<Candidate> all, String part) {
    List<Candidate> exact = all.stream().filter(c -> c.label().equals(part)).toList();
    return exact.isEmpty() ? all.stream().filter(c -> c.isCalled(part)).toList() : exact;
  }

  private static StateDictChoice of(
      StoredTensors file, WantedParameters wanted, Candidate chosen, boolean selected)
      throws WeightsException {
    Map<String, String> fileNames = new LinkedHashMap<>();
    List<String> notices = new ArrayList<>();
    String converted = "";
    for (String parameter : wanted.shapes().keySet()) {
      List<String> names = chosen.names().get(parameter);
      if (names.size() > 1) {
        throw new WeightsException(
            file.description() + ": two tensors may be '" + parameter + "': " + quoted(names));
      }
      String name = names.get(0);
      String dtype = file.dtype(name);
      if (!Dtype.ofId(dtype).map(Dtype::isReadable).orElse(false)) {
        throw new WeightsException(
            file.description() + ": tensor '" + name + "' " + Dtype.unreadable(dtype));
      }
      converted = dtype.equals(Dtype.F64.id()) ? dtype : converted;
      fileNames.put(parameter, name);
    }
    String first = fileNames.keySet().iterator().next();
    if (!selected && !TensorNames.current(fileNames.get(first)).equals(first)) {
      notices.add(
          "%s: '%s' is read as '%s', and so are all parameters"
              .formatted(file.description(), fileNames.get(first), first));
    }
    if (!converted.isEmpty()) {
      notices.add(file.description() + ": converted from " + converted + " to float32");
    }
    return new StateDictChoice(fileNames, notices);
  }

  /** All prefixes under which at least one parameter is found. */
  private static List<Candidate> candidates(StoredTensors file, WantedParameters wanted) {
    Map<String, Map<String, List<String>>> prefixes = new LinkedHashMap<>();
    for (String name : file.names()) {
      String unwrapped = TensorNames.unwrapped(name);
      for (int at = 0; at >= 0; at = unwrapped.indexOf('.', at) + 1) {
        String parameter = unwrapped.substring(at);
        if (wanted.shapes().containsKey(parameter)) {
          prefixes
              .computeIfAbsent(beginning(unwrapped, parameter), p -> new LinkedHashMap<>())
              .computeIfAbsent(parameter, p -> new ArrayList<>())
              .add(name);
        }
        if (unwrapped.indexOf('.', at) < 0) {
          break;
        }
      }
    }
    List<Candidate> candidates = new ArrayList<>();
    prefixes.forEach((prefix, names) -> candidates.add(new Candidate(prefix, names)));
    return candidates;
  }

  /** What stands before a name's end, without the dot between. */
  private static String beginning(String name, String end) {
    return name.length() == end.length() ? "" : name.substring(0, name.length() - end.length() - 1);
  }

  /**
   * The most parameters that are there, and all else: the network's own check says what is missing.
   */
  private static StateDictChoice incomplete(StoredTensors file, List<Candidate> found) {
    Map<String, String> fileNames = new LinkedHashMap<>();
    file.names().forEach(name -> fileNames.put(TensorNames.current(name), name));
    found.stream()
        .max(Comparator.comparingInt(c -> c.names().size()))
        .ifPresent(
            best -> best.names().forEach((wanted, names) -> fileNames.put(wanted, names.get(0))));
    return new StateDictChoice(fileNames, List.of());
  }

  private static String quoted(List<String> names) {
    return names.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", "));
  }
}

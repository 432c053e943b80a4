package org.bitgaze.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.weights.StateDictUnpickler.PickleException;

/**
 * A class or function that a pickle may name. The list holds what {@code torch.load} accepts with
 * {@code weights_only=True}, and further plain values that training scripts put into checkpoints.
 *
 * @param name module and name, joined by a dot
 * @param kind what it makes
 * @param dtype the element type that it names; empty for other kinds
 */
record PickledGlobal(String name, Kind kind, Optional<Dtype> dtype) {

  /** What a class or function makes. */
  enum Kind {
    /** A tensor, of a storage, an offset, a shape and strides. */
    TENSOR,
    /** A tensor, of a tensor. */
    WRAPPER,
    /** A tensor, of a function, a class and the function's arguments. */
    SUBCLASS,
    /** A dict. */
    DICT,
    /** A storage's class; it makes nothing. */
    STORAGE,
    /** An element type; it makes nothing. */
    DTYPE,
    /** Something that is neither a tensor nor leads to one. */
    INERT
  }

  private static final Map<Kind, List<String>> NAMES =
      Map.of(
          Kind.TENSOR,
          List.of(
              "torch._utils._rebuild_tensor",
              "torch._utils._rebuild_tensor_v2",
              "torch._utils._rebuild_tensor_v3",
              "torch._utils._rebuild_qtensor"),
          Kind.WRAPPER,
          List.of(
              "torch._utils._rebuild_parameter",
              "torch._utils._rebuild_parameter_with_state",
              "torch._utils._rebuild_device_tensor_from_cpu_tensor",
              "torch.nn.parameter.Parameter",
              "torch.nn.parameter.Buffer",
              "torch.Tensor"),
          Kind.SUBCLASS,
          List.of("torch._tensor._rebuild_from_type_v2"),
          Kind.DICT,
          List.of(
              "builtins.dict",
              "collections.OrderedDict",
              "collections.defaultdict",
              "collections.Counter",
              "easydict.EasyDict",
              "addict.addict.Dict",
              "munch.Munch",
              "yacs.config.CfgNode",
              "pytorch_lightning.utilities.parsing.AttributeDict",
              "lightning.pytorch.utilities.parsing.AttributeDict",
              "lightning.fabric.utilities.data.AttributeDict",
              "lightning_fabric.utilities.data.AttributeDict"),
          Kind.STORAGE,
          List.of("torch.storage.UntypedStorage", "torch.UntypedStorage"),
          Kind.INERT,
          List.of(
              "_codecs.encode",
              "argparse.Namespace",
              "builtins.bool",
              "builtins.bytearray",
              "builtins.bytes",
              "builtins.complex",
              "builtins.float",
              "builtins.frozenset",
              "builtins.int",
              "builtins.list",
              "builtins.object",
              "builtins.range",
              "builtins.set",
              "builtins.slice",
              "builtins.str",
              "builtins.tuple",
              "collections.deque",
              "copyreg._reconstructor",
              "datetime.date",
              "datetime.datetime",
              "datetime.time",
              "datetime.timedelta",
              "datetime.timezone",
              "decimal.Decimal",
              "fractions.Fraction",
              "numpy.bool_",
              "numpy.dtype",
              "numpy.float16",
              "numpy.float32",
              "numpy.float64",
              "numpy.int16",
              "numpy.int32",
              "numpy.int64",
              "numpy.int8",
              "numpy.ndarray",
              "numpy.uint8",
              "numpy.core.multiarray._reconstruct",
              "numpy.core.multiarray.scalar",
              "numpy.core.numeric._frombuffer",
              "omegaconf.base.ContainerMetadata",
              "omegaconf.base.Metadata",
              "omegaconf.dictconfig.DictConfig",
              "omegaconf.listconfig.ListConfig",
              "omegaconf.nodes.AnyNode",
              "omegaconf.nodes.BooleanNode",
              "omegaconf.nodes.FloatNode",
              "omegaconf.nodes.IntegerNode",
              "omegaconf.nodes.StringNode",
              "pathlib.Path",
              "pathlib.PosixPath",
              "pathlib.PurePath",
              "pathlib.PurePosixPath",
              "pathlib.PureWindowsPath",
              "pathlib.WindowsPath",
              "pytorch_lightning.callbacks.early_stopping.EarlyStopping",
              "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
              "torch.Size",
              "torch._utils._rebuild_device_tensor_from_numpy",
              "torch._utils._rebuild_meta_tensor_no_storage",
              "torch._utils._rebuild_sparse_tensor",
              "torch._utils._rebuild_wrapper_subclass",
              "torch.device",
              "torch.per_channel_affine",
              "torch.per_channel_affine_float_qparams",
              "torch.per_channel_symmetric",
              "torch.per_tensor_affine",
              "torch.per_tensor_symmetric",
              "torch.serialization._get_layout",
              "types.SimpleNamespace",
              "typing.Any",
              "uuid.UUID"));

  /** Modules under the names that other versions of Python and NumPy give them. */
  private static final Map<String, String> MODULES =
      Map.of(
          "__builtin__", "builtins",
          "copy_reg", "copyreg",
          "numpy._core.multiarray", "numpy.core.multiarray",
          "numpy._core.numeric", "numpy.core.numeric",
          "pathlib._local", "pathlib",
          "torch.nn", "torch.nn.parameter",
          "torch.tensor", "torch._tensor");

  private static final Map<String, PickledGlobal> ALLOWED = allowed();

  /**
   * Finds a class or function.
   *
   * @param module Python's name of its module
   * @param name its name there
   * @throws PickleException if it is not on the list
   */
  static PickledGlobal of(String module, String name) throws PickleException {
    String full = MODULES.getOrDefault(module, module) + "." + name;
    PickledGlobal global = ALLOWED.get(full);
    if (global == null) {
      throw new PickleException(
          "is a training checkpoint or a pickled model: '"
              + full
              + "' is not allowed; save the weights alone: torch.save(model.state_dict(), FILE)");
    }
    return global;
  }

  /** {@return the element type of a storage's class; empty for what is not one} */
  Optional<Dtype> storage() {
    return kind == Kind.STORAGE ? dtype : Optional.empty();
  }

  private static Map<String, PickledGlobal> allowed() {
    Map<String, PickledGlobal> all = new LinkedHashMap<>();
    // An untyped storage's size is given in bytes.
    NAMES.forEach(
        (kind, names) ->
            names.forEach(
                name ->
                    put(all, name, kind, Optional.of(Dtype.U8).filter(d -> kind == Kind.STORAGE))));
    for (Dtype dtype : Dtype.values()) {
      put(all, "torch." + dtype.id(), Kind.DTYPE, Optional.of(dtype));
      dtype
          .storageClass()
          .ifPresent(type -> put(all, "torch." + type, Kind.STORAGE, Optional.of(dtype)));
    }
    return all;
  }

  private static void put(
      Map<String, PickledGlobal> all, String name, Kind kind, Optional<Dtype> dtype) {
    all.put(name, new PickledGlobal(name, kind, dtype));
  }
}

package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionView;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.pipelines.audit.AuditJob;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.quant.Precision;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ExplainOptions;
import org.bitgaze.transforms.RangeMode;
import org.bitgaze.transforms.ReadLabels;
import org.bitgaze.transforms.SaliencySource;
import org.bitgaze.transforms.TargetMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code bitgaze audit}: the main job. All options are checked before anything runs. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Computes class activation maps at several precisions, compares them with each other and with"
            + " visual saliency, and sums the differences up over all images.",
    footer = {
      "",
      "Examples:",
      "  bitgaze audit --input photos --weights weights --networks mobilenet_v2 --output out",
      "  bitgaze audit --input 'photos/n02*.JPEG' --weights weights --output out \\",
      "      --networks vgg16,resnet50 --precisions f32,int8,int8-per-channel,int4 \\",
      "      --labels labels.csv --saliency maps:satsal",
      "  bitgaze audit --input scenes:10000 --weights scenes --networks mobilenet_v2 --output out",
      "",
      "  bitgaze audit --runner flink --flinkMaster=localhost:8081 --input ... (a Flink cluster)",
      "",
      "Options of Apache Beam's runners are passed on. Exit code: 0 done, 1 the job failed, 2 wrong usage."
    })
final class AuditCommand implements Callable<Integer> {
  private static final String SPECTRAL_RESIDUAL = "spectral-residual";
  private static final String MAPS = "maps:";

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description =
          "folder of images, searched at any depth, or a file pattern; or so many synthetic scenes,"
              + " made inside the job, with their labels and masks")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "where the results go")
  private String output;

  @Option(
      names = "--networks",
      required = true,
      split = ",",
      paramLabel = "NETWORK",
      description = "torchvision's names, such as mobilenet_v2")
  private List<String> networks;

  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "PRECISION",
      defaultValue = "f32,int16,int8",
      description =
          "int2 to int16, each with -per-channel for a scale per output channel; f32, the"
              + " reference, always runs (default: ${DEFAULT-VALUE})")
  private List<String> precisions;

  @Option(
      names = "--ranges",
      defaultValue = "minmax",
      paramLabel = "MODE",
      description =
          "ranges of quantized activations: minmax or averaged over the calibration images, or"
              + " dynamic, each image's own (default: ${DEFAULT-VALUE})")
  private String ranges;

  @Option(
      names = "--calibration-images",
      defaultValue = "32",
      paramLabel = "N",
      description =
          "images from which ranges are taken, chosen by a hash of their keys (default:"
              + " ${DEFAULT-VALUE})")
  private int calibrationImages;

  @Option(
      names = "--target",
      defaultValue = "reference",
      paramLabel = "MODE",
      description =
          "class that the maps explain: reference, the one f32 predicts; own, the one each precision"
              + " predicts; label (default: ${DEFAULT-VALUE})")
  private String target;

  @Option(
      names = "--labels",
      paramLabel = "CSV",
      description = "file with the columns file and class_index")
  private String labels;

  @Option(
      names = "--saliency",
      defaultValue = SPECTRAL_RESIDUAL,
      paramLabel = "SOURCE",
      description =
          "spectral-residual, or maps:DIR for a folder of grey images named as the photographs"
              + " (default: ${DEFAULT-VALUE})")
  private String saliency;

  @Option(
      names = "--masks",
      paramLabel = "DIR",
      description =
          "folder of black and white images named as the photographs, white where the object is:"
              + " adds the pointing game and the energy inside the mask (default for scenes: theirs)")
  private Path masks;

  @Mixin private ExhibitOptions exhibits;

  @Option(
      names = "--batch-size",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "images per native call; a batch that is not full is filled up, so that results do not"
              + " depend on how images are bundled (default: ${DEFAULT-VALUE})")
  private int batchSize;

  @Option(names = "--overwrite", description = "replace results that are there")
  private boolean overwrite;

  @Option(
      names = "--runner",
      defaultValue = "direct",
      paramLabel = "RUNNER",
      description =
          "direct, in this process; flink, embedded or on the cluster that Beam's --flinkMaster=HOST:PORT"
              + " names; or the class of another of Beam's runners (default: ${DEFAULT-VALUE})")
  private String runner;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "images worked on at once (default: one per core; on a cluster, its default parallelism)")
  private Integer workers;

  @Option(
      names = "--threads-per-worker",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "threads inside libtorch for each worker; one each and as many workers as cores is fastest"
              + " (default: ${DEFAULT-VALUE})")
  private int threadsPerWorker;

  @Mixin private ModelOptions modelOptions;

  @Unmatched private List<String> beamOptions = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PipelineOptions options = BeamOptions.parse(runner, beamOptions, workers);
    FileSystems.setDefaultPipelineOptions(options);
    List<ExplainOptions> explained = explained();
    OutputFolder folder = new OutputFolder(output);
    List<String> existing = folder.existing();
    if (!existing.isEmpty() && !overwrite) {
      throw new UsageException(
          "--output "
              + output
              + " has results already ("
              + String.join(", ", existing)
              + "); --overwrite replaces them");
    }
    ImageInput images = ImageInput.of(input);
    Audit.Options audit =
        new Audit.Options(
            explained,
            saliencySource(),
            maskSource(images),
            labelSource(images),
            calibrationImages,
            exhibits.choice());
    System.out.println(
        images.count() + (images.scenes() == null ? " files match " + input : " synthetic scenes"));
    new AuditJob(
            options,
            images.source(),
            audit,
            Descriptions.of(spec),
            folder,
            System.out,
            System.console() != null)
        .run();
    return 0;
  }

  /** Checks everything that can be wrong before the images are looked at. */
  private List<ExplainOptions> explained() {
    try {
      List<ExplainOptions> explained = new ArrayList<>();
      List<Precision> integers =
          new LinkedHashSet<>(precisions)
              .stream().map(Precision::of).filter(p -> !p.isFloat()).toList();
      TargetMode targetMode = TargetMode.of(target);
      RangeMode rangeMode = RangeMode.of(ranges);
      CamMethod method = CamMethod.of(modelOptions.cam());
      require(batchSize >= 1, "--batch-size " + batchSize + " must be 1 or more");
      require(workers == null || workers >= 1, "--workers " + workers + " must be 1 or more");
      require(
          threadsPerWorker >= 1, "--threads-per-worker " + threadsPerWorker + " must be 1 or more");
      require(
          calibrationImages >= 1,
          "--calibration-images " + calibrationImages + " must be 1 or more");
      exhibits.choice();
      require(
          targetMode != TargetMode.LABEL || labels != null || ImageInput.isScenes(input),
          "--target label needs --labels");
      saliencySource();
      int classes = Integer.MAX_VALUE;
      for (String network : new LinkedHashSet<>(networks)) {
        ModelOptions.Checked model = modelOptions.check(network);
        classes = Math.min(classes, model.classes());
        explained.add(
            new ExplainOptions(
                model.file(),
                model.targetLayer(),
                method.id(),
                integers,
                rangeMode,
                targetMode,
                batchSize,
                threadsPerWorker));
      }
      if (labels != null) {
        checkLabels(classes);
      }
      return explained;
    } catch (IllegalArgumentException | IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private void checkLabels(int classes) throws IOException {
    require(BeamFiles.exists(labels), "--labels " + labels + " does not exist");
    ReadLabels.read(
        labels,
        (file, index) ->
            require(
                index < classes,
                labels
                    + ": '"
                    + file
                    + "' has class "
                    + index
                    + ", but a network has only "
                    + classes));
  }

  private PTransform<PBegin, PCollectionView<Map<String, Integer>>> labelSource(ImageInput images) {
    if (labels != null) {
      return ReadLabels.from(BeamFiles.absolute(labels));
    }
    return images.scenes() == null ? null : images.scenes().labels();
  }

  private SaliencySource saliencySource() {
    if (saliency.equals(SPECTRAL_RESIDUAL)) {
      return SaliencySource.spectralResidual();
    }
    require(
        saliency.startsWith(MAPS),
        "unknown saliency '" + saliency + "'; known: spectral-residual, maps:DIR");
    return maps("--saliency", Path.of(saliency.substring(MAPS.length())));
  }

  private SaliencySource maskSource(ImageInput images) {
    if (masks != null) {
      return maps("--masks", masks);
    }
    return images.scenes() == null ? null : SaliencySource.sceneMasks();
  }

  private static SaliencySource maps(String option, Path folder) {
    require(Files.isDirectory(folder), option + ": " + folder + " is no folder");
    return SaliencySource.maps(folder.toAbsolutePath().normalize().toString());
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}

package org.bitgaze.pipelines;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** The arrows point one way: pipelines to transforms to core, and no package depends on itself. */
@AnalyzeClasses(packages = "org.bitgaze", importOptions = ArchitectureTest.OnlyMain.class)
class ArchitectureTest {
  /** Leaves out the fixtures that core lends to the other modules' tests, too. */
  static final class OnlyMain implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("test-classes") && !location.contains("-tests.jar");
    }
  }

  /** From the bottom up: each may know those before it only. */
  private static final List<String> CORE =
      List.of(
          "choice",
          "weights",
          "image",
          "measure",
          "network",
          "quant",
          "explain",
          "faithfulness",
          "zoo",
          "onnx",
          "model",
          "protocol",
          "torch",
          "ort",
          "saliency",
          "scene",
          "train");

  @ArchTest
  static void coreDependsDownwardsOnly(JavaClasses classes) {
    for (int i = 0; i < CORE.size(); i++) {
      String[] above =
          CORE.subList(i + 1, CORE.size()).stream()
              .map(p -> "org.bitgaze." + p + "..")
              .toArray(String[]::new);
      if (above.length > 0) {
        noClasses()
            .that()
            .resideInAPackage("org.bitgaze." + CORE.get(i) + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(above)
            .check(classes);
      }
    }
  }

  @ArchTest
  static final ArchRule coreKnowsNoBeam =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.bitgaze.transforms..", "org.bitgaze.pipelines..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.beam..", "org.bitgaze.transforms..", "org.bitgaze.pipelines..");

  @ArchTest
  static final ArchRule transformsKnowNoPipelines =
      noClasses()
          .that()
          .resideInAPackage("org.bitgaze.transforms..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bitgaze.pipelines..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("org.bitgaze.(**)").should().beFreeOfCycles();

  /** Maps are computed by pipelines, which may run on a cluster, and not by the launcher. */
  @ArchTest
  static final ArchRule jobsRunNoInference =
      noClasses()
          .that()
          .resideInAPackage("org.bitgaze.pipelines.job..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.bitgaze.torch.SweepResult")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.bitgaze.torch.Explanation");

  @ArchTest
  static final ArchRule nothingIsAUtility =
      classes()
          .that()
          .resideInAPackage("org.bitgaze..")
          .should()
          .haveSimpleNameNotEndingWith("Util")
          .andShould()
          .haveSimpleNameNotEndingWith("Helper")
          .andShould()
          .haveSimpleNameNotEndingWith("Manager");
}

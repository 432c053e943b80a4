package org.bitgaze.pipelines;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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

  private static final String[] CORE = {
    "org.bitgaze.graph..",
    "org.bitgaze.zoo..",
    "org.bitgaze.weights..",
    "org.bitgaze.quant..",
    "org.bitgaze.program..",
    "org.bitgaze.cam..",
    "org.bitgaze.saliency..",
    "org.bitgaze.metric..",
    "org.bitgaze.image..",
    "org.bitgaze.scene..",
    "org.bitgaze.train.."
  };

  @ArchTest
  static final ArchRule coreKnowsNoBeam =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
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

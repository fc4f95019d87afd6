package org.jocular.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the modules: tensor ← weights, tokenizers ← vit, qformer, llama ← systems ← eval, train ← cli. The poms hold most of them; what they cannot say
 * stands here.
 */
class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.jocular");

    @BeforeAll
    static void silenceTheLoggerThatArchUnitAsksFor() {
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    @Test
    void seesAllModules() {
        for (String module : List.of("tensor", "weights", "tokenizers", "vit", "llama", "systems", "train", "cli")) {
            assertThat(classes.stream().filter(c -> c.getPackageName().startsWith("org.jocular." + module)))
                    .as(module)
                    .hasSizeGreaterThan(5);
        }
    }

    @Test
    void aModuleUsesOnlyWhatStandsLeftOfIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.jocular..")
                .layer("tensor")
                .definedBy("org.jocular.tensor..")
                .layer("weights")
                .definedBy("org.jocular.weights..")
                .layer("tokenizers")
                .definedBy("org.jocular.tokenizers..")
                .layer("vit")
                .definedBy("org.jocular.vit..")
                .layer("qformer")
                .definedBy("org.jocular.qformer..")
                .layer("llama")
                .definedBy("org.jocular.llama..")
                .layer("systems")
                .definedBy("org.jocular.systems..")
                .layer("eval")
                .definedBy("org.jocular.eval..")
                .layer("train")
                .definedBy("org.jocular.train..")
                .layer("cli")
                .definedBy("org.jocular.cli..")
                .whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .whereLayer("tokenizers")
                .mayNotAccessAnyLayer()
                .whereLayer("weights")
                .mayOnlyAccessLayers("tensor")
                .whereLayer("vit")
                .mayOnlyAccessLayers("tensor", "weights", "tokenizers")
                .whereLayer("qformer")
                .mayOnlyAccessLayers("tensor", "weights", "tokenizers")
                .whereLayer("llama")
                .mayOnlyAccessLayers("tensor", "weights", "tokenizers")
                .whereLayer("systems")
                .mayOnlyAccessLayers("tensor", "weights", "tokenizers", "vit", "qformer", "llama")
                .whereLayer("eval")
                .mayOnlyAccessLayers("tensor", "weights", "tokenizers", "vit", "qformer", "llama", "systems")
                .whereLayer("train")
                .mayOnlyAccessLayers("tensor", "weights", "tokenizers", "vit", "qformer", "llama", "systems")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .check(classes);
    }

    @Test
    void onlyTensorKnowsVectors() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.jocular.tensor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(classes);
    }

    @Test
    void noPackagesFormACircle() {
        slices().matching("org.jocular.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTheCommandPrints() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(classes);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.jocular.cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(classes);
    }
}

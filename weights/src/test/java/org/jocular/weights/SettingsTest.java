package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.weights.GenerationConfig.EarlyStopping;
import org.jocular.weights.PreprocessorConfig.Exactly;
import org.jocular.weights.PreprocessorConfig.ShortestEdge;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    private Path folder;

    @Test
    void aDirectoryWithoutSettingsHasTheDefaults() {
        assertThat(GenerationConfig.read(folder)).isEqualTo(GenerationConfig.defaults());
        assertThat(PreprocessorConfig.read(folder, PreprocessorConfig.clip(224)))
                .isEqualTo(PreprocessorConfig.clip(224));
    }

    @Test
    void generationSettingsHaveAFileOfTheirOwn() {
        write("generation_config.json", """
                {"bos_token_id": 1, "eos_token_id": [2, 13], "pad_token_id": 0, "do_sample": true, "temperature": 0.9,
                 "top_p": 0.6, "top_k": 0, "repetition_penalty": 1.5, "no_repeat_ngram_size": 3, "max_length": 4096,
                 "max_new_tokens": 64, "min_length": 1, "min_new_tokens": 2, "num_beams": 5, "length_penalty": -1,
                 "early_stopping": "never", "decoder_start_token_id": 3}
                """);
        write("config.json", "{\"num_beams\": 7, \"eos_token_id\": 99}");
        assertThat(GenerationConfig.read(folder))
                .isEqualTo(new GenerationConfig(
                        1,
                        List.of(2, 13),
                        0,
                        3,
                        true,
                        0.9,
                        0.6,
                        0,
                        1.5,
                        3,
                        4096,
                        64,
                        1,
                        2,
                        5,
                        -1,
                        EarlyStopping.NEVER));
    }

    @Test
    void olderModelsKeepGenerationSettingsInTheModelsOwn() {
        write("config.json", """
                {"num_beams": 2, "early_stopping": true, "eos_token_id": null,
                 "text_config": {"eos_token_id": 50118, "bos_token_id": 2, "num_beams": 3, "max_length": 30}}
                """);
        GenerationConfig config = GenerationConfig.read(folder);
        assertThat(config.eosTokenIds()).containsExactly(50118);
        assertThat(config.bosTokenId()).isEqualTo(2);
        assertThat(config.numBeams()).isEqualTo(2);
        assertThat(config.maxLength()).isEqualTo(30);
        assertThat(config.earlyStopping()).isEqualTo(EarlyStopping.AT_ENOUGH_HYPOTHESES);

        write("generation_config.json", "{\"bos_token_id\": 1}");
        GenerationConfig both = GenerationConfig.read(folder);
        assertThat(both.bosTokenId()).isEqualTo(1);
        assertThat(both.eosTokenIds()).containsExactly(50118);
        assertThat(both.numBeams()).isEqualTo(1);
    }

    @Test
    void picturesOfAClipProcessor() {
        write("preprocessor_config.json", """
                {"crop_size": {"height": 56, "width": 48}, "do_center_crop": true, "do_normalize": true, "do_resize": true,
                 "image_mean": [0.5, 0.25, 0.125], "image_std": [1, 2, 3], "resample": 2, "rescale_factor": 0.5,
                 "size": {"shortest_edge": 60}, "do_convert_rgb": null}
                """);
        PreprocessorConfig config = PreprocessorConfig.read(folder, PreprocessorConfig.blip(224));
        assertThat(config.size()).isEqualTo(new ShortestEdge(60));
        assertThat(config.cropSize()).isEqualTo(new Exactly(56, 48));
        assertThat(config.doCenterCrop()).isTrue();
        assertThat(config.doConvertRgb()).isTrue();
        assertThat(config.resample()).isEqualTo(2);
        assertThat(config.rescaleFactor()).isEqualTo(0.5);
        assertThat(config.imageMean()).containsExactly(0.5, 0.25, 0.125);
        assertThat(config.imageStd()).containsExactly(1.0, 2.0, 3.0);
    }

    @Test
    void aSizeThatIsANumberMeansWhatTheProcessorMeans() {
        write("preprocessor_config.json", "{\"size\": 224, \"crop_size\": 200}");
        PreprocessorConfig clip = PreprocessorConfig.read(folder, PreprocessorConfig.clip(336));
        assertThat(clip.size()).isEqualTo(new ShortestEdge(224));
        assertThat(clip.cropSize()).isEqualTo(new Exactly(200, 200));
        assertThat(PreprocessorConfig.read(folder, PreprocessorConfig.blip(336)).size())
                .isEqualTo(new Exactly(224, 224));
    }

    @TestFactory
    Stream<DynamicTest> settingsThatMakeNoSenseAreRefusedInOneSentence() {
        return Stream.of(
                        List.of("generation_config.json", "{\"num_beams\": 0}", "has num_beams = 0"),
                        List.of(
                                "generation_config.json",
                                "{\"temperature\": -1}",
                                "has temperature = -1.0, expected at least 0"),
                        List.of("generation_config.json", "{\"top_p\": 1.5}", "has top_p = 1.5, expected 0 to 1"),
                        List.of("generation_config.json", "{\"top_k\": -1}", "has top_k = -1"),
                        List.of("generation_config.json", "{\"repetition_penalty\": 0}", "has repetition_penalty = 0"),
                        List.of(
                                "generation_config.json",
                                "{\"early_stopping\": \"soon\"}",
                                "has early_stopping = \"soon\", expected one of never"),
                        List.of(
                                "generation_config.json",
                                "{\"max_new_tokens\": \"64\"}",
                                "has max_new_tokens = \"64\""),
                        List.of(
                                "config.json",
                                "{\"text_config\": {\"eos_token_id\": \"</s>\"}}",
                                "has text_config.eos_token_id = \"</s>\""),
                        List.of("config.json", "{\"text_config\": 7}", "has text_config = 7, expected an object"),
                        List.of("preprocessor_config.json", "{\"size\": {\"longest_edge\": 5}}", "lacks size.height"),
                        List.of("preprocessor_config.json", "{\"size\": {\"height\": 5}}", "lacks size.width"),
                        List.of("preprocessor_config.json", "{\"size\": 0}", "has size = 0"),
                        List.of("preprocessor_config.json", "{\"crop_size\": 1000000}", "has crop_size = 1000000"),
                        List.of(
                                "preprocessor_config.json",
                                "{\"resample\": \"bicubic\"}",
                                "has resample = \"bicubic\""),
                        List.of(
                                "preprocessor_config.json",
                                "{\"image_mean\": [1, 2]}",
                                "has image_mean with 2 numbers, expected 3"),
                        List.of(
                                "preprocessor_config.json",
                                "{\"image_std\": [1, 2, 0]}",
                                "has image_std = [1.0, 2.0, 0.0], expected numbers above 0"),
                        List.of("preprocessor_config.json", "{\"rescale_factor\": 0}", "has rescale_factor = 0"))
                .map(wrong -> DynamicTest.dynamicTest(wrong.get(2), () -> {
                    Path file = write(wrong.get(0), wrong.get(1));
                    Sentences.assertOneLine(
                            () -> {
                                GenerationConfig.read(folder);
                                PreprocessorConfig.read(folder, PreprocessorConfig.clip(224));
                            },
                            file,
                            wrong.get(2));
                    Files.delete(file);
                }));
    }

    @TestFactory
    Stream<DynamicTest> goldensAreRead() {
        Path goldens = Shared.path("goldens");
        Map<String, Integer> endTokens = Map.of(
                "llava", 2,
                "blip2-opt", 202,
                "blip2-t5", 1,
                "instructblip-vicuna", 2,
                "instructblip-t5", 1,
                "llava-v15-original", 2);
        return endTokens.entrySet().stream()
                .map(golden -> DynamicTest.dynamicTest(golden.getKey(), () -> {
                    Path model = goldens.resolve(golden.getKey());
                    assertThat(GenerationConfig.read(model).eosTokenIds()).containsExactly(golden.getValue());
                    PreprocessorConfig pictures = PreprocessorConfig.read(model, PreprocessorConfig.clip(56));
                    assertThat(pictures.imageMean()).isEqualTo(PreprocessorConfig.CLIP_MEAN);
                    assertThat(pictures.size()).isIn(new ShortestEdge(56), new Exactly(56, 56));
                }));
    }

    private Path write(String name, String json) {
        return Crafted.write(folder.resolve(name), json);
    }
}

package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Models of every layout that somebody broke, by accident or on purpose: one sentence that names the place, exit status 2, and nothing of the
 * output stays behind. What can still be looked at can be inspected.
 */
class BrokenModelsTest {
    private static final String JOCULAR = "jocular.json";
    private static final String CONFIG = "config.json";

    @TempDir
    private Path folder;

    /** How a model is broken. */
    @FunctionalInterface
    private interface Breaking {
        void in(Path model) throws IOException;
    }

    /**
     * One way to break a model.
     *
     * @param words of the sentence
     */
    record Broken(String what, String model, Breaking breaking, String... words) {
        @Override
        public String toString() {
            return model + ": " + what;
        }
    }

    private static Broken field(String model, String file, String name, Object value, String... words) {
        return new Broken(
                "%s = %s".formatted(name, value),
                model,
                path -> TinyModels.set(path.resolve(file), name, value),
                words);
    }

    private static Broken absent(String model, String file, String name, String... words) {
        return new Broken("without " + name, model, path -> TinyModels.set(path.resolve(file), name, null), words);
    }

    private static Broken content(String model, String file, String content, String... words) {
        return new Broken(
                file + " is " + content, model, path -> Files.writeString(path.resolve(file), content), words);
    }

    private static Broken missing(String model, String file, String... words) {
        return new Broken("without " + file, model, path -> Files.delete(path.resolve(file)), words);
    }

    static List<Broken> compositions() {
        String model = "blip2-vicuna";
        return List.of(
                content(model, JOCULAR, "{\"system\": ", JOCULAR, "is not valid JSON"),
                content(model, JOCULAR, "[]", JOCULAR, "expected a JSON object"),
                absent(model, JOCULAR, "system", JOCULAR, "lacks system"),
                field(model, JOCULAR, "system", "gpt-4v", "system = \"gpt-4v\"", "blip2, instructblip, minigpt4"),
                field(model, JOCULAR, "system", 7, "system = 7", "expected text"),
                absent(model, JOCULAR, "qformer", JOCULAR, "no qformer, which blip2 needs"),
                field(model, JOCULAR, "qformer", " ", JOCULAR, "empty qformer"),
                field(model, JOCULAR, "qformer", "a\u0000b", JOCULAR, "no name of a file"),
                field(model, JOCULAR, "qformer", "nothing.pth", JOCULAR, "qformer that is not there", "nothing.pth"),
                field(model, JOCULAR, "qformer", "../../nothing.pth", "qformer that is not there", "../../nothing.pth"),
                field(model, JOCULAR, "qformer", "../secret", "secret", "header of"),
                field(model, JOCULAR, "qformer", "/", "neither model.safetensors nor"),
                field(model, JOCULAR, "qformer", "vicuna", "vicuna", "ln_vision.weight"),
                absent(model, JOCULAR, "vision", "blip2_pretrained_vicuna7b.pth", "patch_embed.proj.weight"),
                field(model, JOCULAR, "vision", JOCULAR, JOCULAR, "header of"),
                absent(model, JOCULAR, "language_model", JOCULAR, "lacks language_model"),
                field(model, JOCULAR, "language_model", "lama", JOCULAR, "language_model that is not there"),
                field(model, JOCULAR, "language_model", "eva_vit_g.pth", "eva_vit_g.pth", CONFIG),
                field(model, JOCULAR, "image_size", 0, "image_size = 0"),
                field(model, JOCULAR, "image_size", 57, "image size 57"),
                field(model, JOCULAR, "image_size", 1L << 40, "image_size = 1099511627776"),
                field(model, JOCULAR, "image_size", "big", "image_size = \"big\""),
                field(model, JOCULAR, "vision_num_hidden_layers", -1, "vision_num_hidden_layers = -1"),
                field(model, JOCULAR, "vision_num_hidden_layers", 1e9, "vision_num_hidden_layers = 1.0E9"),
                field(model, JOCULAR, "vision_num_hidden_layers", 39, "eva_vit_g.pth", "blocks.4."),
                field(model, JOCULAR, "vision_num_hidden_layers", 2, "eva_vit_g.pth", "does not use", "blocks.3."),
                field(model, JOCULAR, "vision_num_attention_heads", 7, "7 heads"),
                field(model, JOCULAR, "qformer_num_attention_heads", 5, "5 heads"),
                absent(model, "vicuna/config.json", "model_type", "vicuna", "lacks model_type"),
                field(model, "vicuna/config.json", "model_type", "bert", "model_type = \"bert\""),
                field(model, "vicuna/config.json", "hidden_size", 0, "hidden_size = 0"),
                field(model, "vicuna/config.json", "hidden_size", 64, "vicuna", "[621, 48]", "[621, 64]"),
                field(model, "vicuna/config.json", "vocab_size", 1L << 40, "vocab_size = 1099511627776"),
                field(model, "vicuna/config.json", "num_hidden_layers", 4, "vicuna", "layers.3"),
                missing(model, "vicuna/model.safetensors", "vicuna", "neither model.safetensors nor"),
                missing(model, "vicuna/tokenizer.model", "vicuna", "no tokenizer"),
                missing(model, "vicuna/config.json", "vicuna", "there is no such file"),
                new Broken(
                        "a projection of another width",
                        model,
                        path -> {
                            TinyModels.tensors(
                                    path.resolve("p.pth"),
                                    Map.of("llama_proj.weight", new long[] {50, 36}, "llama_proj.bias", new long[] {50
                                    }));
                            TinyModels.set(path.resolve(JOCULAR), "projection", "p.pth");
                        },
                        "p.pth",
                        "llama_proj.weight",
                        "[50, 36]",
                        "[48, 36]"),
                new Broken(
                        "half a bias",
                        model,
                        path -> TinyModels.tensor(path.resolve("eva_vit_g.pth"), "blocks.0.attn.q_bias", 40),
                        "eva_vit_g.pth",
                        "blocks.0.attn.q_bias",
                        "but not",
                        "blocks.0.attn.v_bias"));
    }

    static List<Broken> hubLayouts() {
        String llava = "llava";
        String t5 = "instructblip-t5";
        return List.of(
                absent(llava, CONFIG, "vision_config", "vision_config"),
                absent(llava, CONFIG, "text_config", CONFIG, "lacks text_config"),
                field(llava, CONFIG, "text_config", "llama", "text_config = \"llama\""),
                field(llava, CONFIG, "vision_feature_layer", -99, "vision_feature_layer -99"),
                field(llava, CONFIG, "image_token_index", 1 << 20, "image_token_index 1048576"),
                field(llava, CONFIG, "vision_config.image_size", 57, "image_size 57"),
                field(llava, CONFIG, "vision_config.patch_size", 0, "patch_size = 0"),
                field(llava, CONFIG, "vision_config.num_hidden_layers", 1 << 27, "num_hidden_layers = 134217728"),
                field(llava, CONFIG, "vision_config.hidden_size", 48, "[40,", "[48,"),
                field(llava, CONFIG, "projector_hidden_act", "mish", "mish"),
                field(llava, CONFIG, "text_config.rope_scaling", Map.of("type", "yarn", "factor", 2), "yarn"),
                missing(llava, "model-00002-of-00002.safetensors", "model-00002-of-00002.safetensors", "is missing"),
                missing(llava, "model.safetensors.index.json", "neither model.safetensors nor"),
                content(
                        llava,
                        "model.safetensors.index.json",
                        "{\"weight_map\": {\"a\": \"../../a.safetensors\"}}",
                        "../../a.safetensors",
                        "in the same folder"),
                content(llava, "preprocessor_config.json", "{\"size\": -1}", "preprocessor_config.json", "size = -1"),
                content(llava, "generation_config.json", "{\"top_p\": 7}", "generation_config.json", "top_p = 7"),
                absent(t5, CONFIG, "qformer_config", CONFIG, "lacks qformer_config"),
                field(t5, CONFIG, "num_query_tokens", 9, "query_tokens", "[1, 5, 36]", "[1, 9, 36]"),
                field(t5, CONFIG, "qformer_config.num_attention_heads", 5, "num_attention_heads 5"),
                field(t5, CONFIG, "text_config.d_model", 96, "[666, 48]", "[666, 96]"),
                field(t5, CONFIG, "text_config.model_type", "gpt2", "model_type = \"gpt2\""),
                field(t5, CONFIG, "vision_config.intermediate_size", 1L << 33, "intermediate_size = 8589934592"),
                missing(t5, "qformer_tokenizer/vocab.txt", "qformer_tokenizer", "no tokenizer"),
                missing(t5, "spiece.model", "no tokenizer"),
                content(t5, "model.safetensors", "weights", "model.safetensors", "7 bytes"));
    }

    static List<Broken> originalLayouts() {
        String model = "llava-original";
        return List.of(
                field(model, CONFIG, "mm_vision_tower", "nobody/clip-none", "mm_vision_tower", "nothing is downloaded"),
                field(model, CONFIG, "mm_vision_tower", "", "empty mm_vision_tower"),
                field(model, CONFIG, "mm_vision_tower", 14, "mm_vision_tower = 14"),
                field(model, CONFIG, "mm_vision_tower", ".", "vision_model.embeddings"),
                missing(model, "clip/config.json", "clip/config.json", "there is no such file"),
                missing(model, "clip/model.safetensors", "clip", "neither model.safetensors nor"),
                field(model, CONFIG, "mm_projector_type", "resampler", "mm_projector_type = \"resampler\""),
                field(model, CONFIG, "mm_projector_type", "linear", "model.mm_projector.weight"),
                field(model, CONFIG, "mm_vision_select_layer", 99, "vision_feature_layer 99"),
                field(model, CONFIG, "mm_vision_select_feature", "cls", "mm_vision_select_feature = \"cls\""),
                field(model, CONFIG, "image_aspect_ratio", "anyres", "image_aspect_ratio = \"anyres\""),
                field(model, "clip/config.json", "hidden_size", 44, "clip", "[40,", "[44,"),
                field(model, CONFIG, "hidden_size", 52, "model.mm_projector.0.weight", "[48, 40]", "[52, 40]"),
                field("llama", CONFIG, "num_hidden_layers", 2, "tensors that the model does not use", "layers.2"),
                absent("llama", CONFIG, "model_type", CONFIG, "lacks model_type"));
    }

    /** Of these nothing is in the repository. */
    static List<Broken> further() {
        String owl = "mplug-owl";
        String gpt = "minigpt4";
        return List.of(
                absent(owl, CONFIG, "visual_abstractor_config", CONFIG, "lacks visual_abstractor_config"),
                absent(owl, CONFIG, "vision_config", CONFIG, "lacks vision_config"),
                field(owl, CONFIG, "num_query_tokens", 6, "query_tokens", "[1, 5, 40]", "[1, 6, 40]"),
                field(owl, CONFIG, "visual_abstractor_config.hidden_size", 44, "hidden_size 40", "44"),
                field(owl, CONFIG, "visual_abstractor_config.num_hidden_layers", 0, "num_hidden_layers = 0"),
                field(owl, CONFIG, "text_config.num_attention_heads", 5, "num_attention_heads 5"),
                missing(owl, "pytorch_model.bin", "neither model.safetensors nor"),
                content(owl, "pytorch_model.bin", "PK\u0003\u0004", "pytorch_model.bin"),
                field(gpt, JOCULAR, "projection", "eva_vit_g.pth", "eva_vit_g.pth", "llama_proj.weight"),
                absent(gpt, JOCULAR, "projection", "blip2_pretrained_flant5xxl.pth", "llama_proj.weight"),
                absent(gpt, JOCULAR, "qformer", ""),
                field(gpt, "vicuna/config.json", "hidden_size", 96, "vicuna", "[621, 48]", "[621, 96]"),
                missing(
                        gpt,
                        "vicuna/pytorch_model-00002-of-00002.bin",
                        "pytorch_model-00002-of-00002.bin",
                        "is missing"));
    }

    @ParameterizedTest
    @MethodSource({"compositions", "hubLayouts", "originalLayouts"})
    void isRefused(Broken broken) throws IOException {
        refused(broken);
    }

    @ParameterizedTest
    @MethodSource("further")
    void isRefusedToo(Broken broken) throws IOException {
        refused(broken);
    }

    private void refused(Broken broken) throws IOException {
        Files.writeString(folder.resolve("secret"), "not for models\n");
        Path model = TinyModels.copy(broken.model, folder.resolve("model"));
        broken.breaking.in(model);

        Cli.Result result = Cli.run(
                "convert",
                "--model",
                model.toString(),
                "--out",
                folder.resolve("out").toString());

        assertThat(result.err()).startsWith("jocular: ").contains(broken.words).hasLineCount(1);
        assertThat(result.err()).doesNotContain("internal error");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).extracting(file -> file.getFileName().toString()).containsOnly("model", "secret");
        }
        Cli.Result inspected = Cli.run("inspect", model.toString(), "--json");
        assertThat(inspected.err()).doesNotContain("internal error");
        if (inspected.status() == 0) {
            JsonNode found = inspected.json();
            assertThat(found.path("runs").asBoolean()).isFalse();
            assertThat(found.path("missing").toString()).doesNotContain("config.json is missing");
            assertThat(found.path("missing").size() + (found.hasNonNull("obstacle") ? 1 : 0))
                    .isPositive();
        }
    }
}

package org.jocular.systems;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Opt;
import org.jocular.llama.T5;
import org.jocular.qformer.QFormer;
import org.jocular.systems.Layout.Place;
import org.jocular.systems.Sources.Share;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.vit.EvaVision;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.LavisClipVision;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.Leftovers;
import org.jocular.weights.Leftovers.Leftover;
import org.jocular.weights.Renaming;
import org.jocular.weights.Renaming.Prefix;
import org.jspecify.annotations.Nullable;

/**
 * Systems whose parts lie in several files, as LAVIS and MiniGPT-4 publish them. A {@code jocular.json} beside them names the files and the
 * numbers that they cannot tell; whatever it leaves out is as released.
 */
final class LavisLoader {
    static final String NAME = "jocular.json";

    static final List<String> SYSTEMS = List.of(Blip2.SYSTEM, InstructBlip.MODEL_TYPE, MiniGpt4.MODEL_TYPE);

    /** What {@code vision_config} of a converted model says for the smaller tower. */
    static final String CLIP_LARGE = "lavis_clip_vit_l";

    private LavisLoader() {}

    static VisionLanguageModel load(Fields fields, Path directory, Sources sources) {
        String system = fields.oneOf("system", SYSTEMS);
        if (!system.equals(MiniGpt4.MODEL_TYPE) && !fields.has("qformer")) {
            throw fields.bad("names no qformer, which " + system + " needs");
        }
        Path languageDirectory = existing(fields, "language_model", directory);
        Fields textConfig = JsonFile.read(languageDirectory.resolve("config.json"));
        Files files = Files.open(fields, directory, sources);
        Checkpoint language = sources.open(languageDirectory);
        Weights weights = Sources.joined(
                Share.of("language_model", language.root(Renaming.prefixes(new Prefix("language_model", "")))),
                Share.of("", files.weights));

        Tower tower = files.tower(fields, weights);
        QFormer.Config qformer = files.trained == null
                ? null
                : QFormer.Config.lavis(weights, fields.positiveInt("qformer_num_attention_heads", 12));
        LanguageModel languageModel = languageModel(weights.at("language_model"), textConfig);
        Tokenizer tokenizer = Parts.tokenizer(sources.tokenizer(languageDirectory));
        String type = system.equals(Blip2.SYSTEM) ? Blip2.MODEL_TYPE : system;
        Parts parts = new Parts(
                "LAVIS",
                sources,
                languageModel,
                tokenizer,
                imageProcessor(fields),
                generation(languageDirectory, languageModel, tokenizer),
                hubConfig(type, tower, qformer, textConfig),
                OwnPresets.read(directory));
        VisionLanguageModel model = BlipLoader.assemble(
                type, parts, tower, qformer, weights, qformerTokenizer(fields, directory), PictureRows.NO_TOKEN, false);
        language.finish(BlipLoader.leftovers());
        files.finish(tower);
        return model;
    }

    private static LanguageModel languageModel(Weights weights, Fields config) {
        if (config.text("model_type", "").equals("t5")) {
            // "gated-gelu" means the one with tanh, but LAVIS runs Flan-T5 with the exact one: blip2_t5.py.
            return T5.load(weights, T5.Config.of(config).with(Activation.GELU));
        }
        return Parts.languageModel(weights, config);
    }

    private static GenerationSettings generation(Path directory, LanguageModel model, Tokenizer tokenizer) {
        GenerationSettings settings = Parts.generation(directory, model, false);
        if (model instanceof Opt) {
            // Captions were trained with a line's end behind them, which ends an answer: blip2_opt.py.
            int[] newline = tokenizer.encode("\n");
            return settings.toBuilder().eosTokenIds(List.of(newline[0])).build();
        }
        return settings;
    }

    static ImageProcessor imageProcessor(Fields fields) {
        return ImageProcessor.blip(imageSize(fields));
    }

    static Path qformerTokenizer(Fields fields, Path directory) {
        String name = BlipLoader.QFORMER_TOKENIZER;
        return Layout.path(fields, name, fields.text(name, name), directory);
    }

    /** Of the parts that are named, in the order of loading. */
    static List<Place> places(Fields fields, Path directory) {
        List<Place> places = new ArrayList<>();
        addPlace(places, "Q-Former", fields, "qformer", directory);
        addPlace(places, "vision tower", fields, "vision", directory);
        addPlace(places, "projection", fields, "projection", directory);
        places.add(new Place("language model", path(fields, "language_model", directory)));
        return places;
    }

    private static void addPlace(List<Place> places, String part, Fields fields, String name, Path directory) {
        if (fields.has(name)) {
            places.add(new Place(part, path(fields, name, directory)));
        }
    }

    static Path path(Fields fields, String name, Path directory) {
        return Layout.path(fields, name, fields.text(name), directory);
    }

    private static Path existing(Fields fields, String name, Path directory) {
        Path path = path(fields, name, directory);
        if (!java.nio.file.Files.exists(path)) {
            throw fields.bad("has a %s that is not there: %s".formatted(name, path));
        }
        return path;
    }

    private static int imageSize(Fields fields) {
        return fields.intBetween("image_size", 1, 1 << 12, 224);
    }

    /**
     * The files beside the language model.
     *
     * @param trained null for a MiniGPT-4 without Q-Former
     * @param vision the tower's own, or {@code trained} where that holds it
     * @param projection null where {@code trained} holds it
     */
    private record Files(
            @Nullable Checkpoint trained,
            Checkpoint vision,
            @Nullable Checkpoint projection,
            Weights weights) {
        static Files open(Fields fields, Path directory, Sources sources) {
            Checkpoint trained = fields.has("qformer") ? open(fields, "qformer", directory, sources) : null;
            Checkpoint vision;
            if (fields.has("vision")) {
                vision = open(fields, "vision", directory, sources);
            } else if (trained != null) {
                vision = trained;
            } else {
                throw fields.bad(
                        "names neither \"qformer\" nor \"vision\", expected the file of a Q-Former or a vision tower");
            }
            Checkpoint projection = fields.has("projection") ? open(fields, "projection", directory, sources) : null;
            // MiniGPT-4 starts from BLIP-2's files: with Flan-T5-XXL their projection has the very width of Vicuna's.
            boolean own = projection != null || fields.text("system").equals(MiniGpt4.MODEL_TYPE);
            String trainedProjection = own || trained == null ? "llama_proj" : projectionName(trained);
            return new Files(trained, vision, projection, weights(trained, vision, projection, trainedProjection));
        }

        private static Checkpoint open(Fields fields, String name, Path directory, Sources sources) {
            return sources.openMerged(existing(fields, name, directory));
        }

        private static Weights weights(
                @Nullable Checkpoint trained,
                Checkpoint vision,
                @Nullable Checkpoint projection,
                String trainedProjection) {
            List<Share> shares = new ArrayList<>();
            if (projection != null) {
                shares.add(Share.of(
                        "language_projection",
                        projection.root(Renaming.prefixes(new Prefix("language_projection", "llama_proj")))));
            }
            shares.add(Share.of(
                    "visual_encoder|vision_model\\.(?:embeddings|encoder)",
                    vision.root(
                            isClipLarge(vision)
                                    ? Renaming.prefixes(new Prefix(
                                            "visual_encoder", prefix(vision).isEmpty() ? "" : "visual_encoder"))
                                    : LavisNames.vision(prefix(vision)))));
            shares.add(Share.of(
                    "", trained == null ? new UnitNorm("") : trained.root(LavisNames.trained(trainedProjection))));
            return Sources.joined(shares.toArray(Share[]::new));
        }

        private static String prefix(Checkpoint vision) {
            return vision.tensors().stream().anyMatch(info -> info.name().startsWith("visual_encoder."))
                    ? "visual_encoder."
                    : "";
        }

        private static boolean isClipLarge(Checkpoint vision) {
            return vision.has(prefix(vision) + "conv1.weight");
        }

        /** Named after the language model that it was trained for. */
        private static String projectionName(Checkpoint trained) {
            for (String name : List.of("opt_proj", "t5_proj", "llm_proj")) {
                if (trained.has(name + ".weight")) {
                    return name;
                }
            }
            return "llm_proj";
        }

        Tower tower(Fields fields, Weights weights) {
            int heads = fields.positiveInt("vision_num_attention_heads", 16);
            if (isClipLarge(vision)) {
                Weights tower = weights.at("visual_encoder");
                int layers = fields.intBetween(
                        "vision_num_hidden_layers", 1, 1000, LavisClipVision.Config.RELEASED.numHiddenLayers());
                return new Tower.ClipLarge(
                        LavisClipVision.load(tower, weights, clipLarge(tower, imageSize(fields), layers, heads)));
            }
            int layers = fields.intBetween("vision_num_hidden_layers", 1, 1000, 39);
            Weights tower = weights.at("vision_model");
            return new Tower.Eva(
                    EvaVision.load(tower, EvaVision.Config.lavis(tower, imageSize(fields), layers, heads)));
        }

        void finish(Tower tower) {
            int blocks = switch (tower) {
                case Tower.Eva eva -> eva.vision().config().numHiddenLayers();
                case Tower.ClipLarge clip -> clip.vision().config().numHiddenLayers();
            };
            List<Leftover> leftovers = new ArrayList<>(List.of(BlipLoader.leftovers()));
            leftovers.add(new Leftover(
                    "one block more than LAVIS keeps", // eva_vit.py, create_eva_vit_g
                    name -> name.matches("(?:visual_encoder\\.)?blocks\\.%d\\..+".formatted(blocks))));
            leftovers.add(Leftovers.evaNorm());
            leftovers.add(new Leftover(
                    "CLIP's last block and what follows it",
                    name -> name.matches("(?:visual_encoder\\.)?(?:transformer\\.resblocks\\.%d\\..+|ln_post\\..+|proj)"
                            .formatted(blocks))));
            if (projection != null) {
                leftovers.add(Leftovers.t5Projection());
            }
            for (Checkpoint checkpoint : new Checkpoint[] {trained, vision, projection}) {
                if (checkpoint != null) {
                    checkpoint.finish(leftovers.toArray(Leftover[]::new));
                }
            }
        }
    }

    /** Sizes of the smaller tower, as its tensors have them. */
    static LavisClipVision.Config clipLarge(Weights tower, int imageSize, int layers, int heads) {
        long[] kernel = tower.shape("conv1.weight", 1024, 3, 14, 14);
        long[] fc = tower.shape("transformer.resblocks.0.mlp.c_fc.weight", 4096, 1024);
        if (kernel.length != 4
                || fc.length != 2
                || kernel[3] < 1
                || imageSize % kernel[3] != 0
                || kernel[0] % heads != 0) {
            throw new BadInput(
                    "%s has a convolution of %d axes and an MLP of %d, which do not fit %d heads and image size %d"
                            .formatted(tower.path(), kernel.length, fc.length, heads, imageSize));
        }
        return new LavisClipVision.Config(
                Math.toIntExact(kernel[0]),
                Math.toIntExact(fc[0]),
                layers,
                heads,
                imageSize,
                Math.toIntExact(kernel[3]));
    }

    /** What the hub would say of the same model. */
    private static HubConfig hubConfig(String type, Tower tower, QFormer.@Nullable Config qformer, Fields textConfig) {
        HubConfig config = HubConfig.empty(type).with("vision_config", visionConfig(tower));
        switch (type) {
            case Blip2.MODEL_TYPE -> config.architecture("Blip2ForConditionalGeneration");
            case InstructBlip.MODEL_TYPE -> config.architecture("InstructBlipForConditionalGeneration");
            default -> {} // the hub has no MiniGPT-4
        }
        config.json()
                .put("image_token_index", PictureRows.NO_TOKEN)
                .put(
                        "use_decoder_only_language_model",
                        !textConfig.text("model_type", "").equals("t5"));
        if (qformer != null) {
            HubConfig part = HubConfig.empty("blip_2_qformer");
            part.json()
                    .put("vocab_size", qformer.vocabSize())
                    .put("hidden_size", qformer.hiddenSize())
                    .put("num_hidden_layers", qformer.numHiddenLayers())
                    .put("num_attention_heads", qformer.numAttentionHeads())
                    .put("intermediate_size", qformer.intermediateSize())
                    .put("hidden_act", "gelu")
                    .put("max_position_embeddings", qformer.maxPositionEmbeddings())
                    .put("layer_norm_eps", 1e-12)
                    .put("cross_attention_frequency", qformer.crossAttentionFrequency())
                    .put("encoder_hidden_size", qformer.encoderHiddenSize());
            config.with("qformer_config", part).json().put("num_query_tokens", qformer.numQueryTokens());
        }
        HubConfig text = HubConfig.of(textConfig);
        if (textConfig.text("model_type", "").equals("t5")) {
            text.json().put("dense_act_fn", "gelu");
        }
        return config.with("text_config", text);
    }

    private static HubConfig visionConfig(Tower tower) {
        return switch (tower) {
            case Tower.Eva eva -> {
                EvaVision.Config vision = eva.vision().config();
                HubConfig config = HubConfig.empty("blip_2_vision_model");
                config.json()
                        .put("hidden_size", vision.hiddenSize())
                        .put("intermediate_size", vision.intermediateSize())
                        .put("num_hidden_layers", vision.numHiddenLayers())
                        .put("num_attention_heads", vision.numAttentionHeads())
                        .put("image_size", vision.imageSize())
                        .put("patch_size", vision.patchSize())
                        .put("layer_norm_eps", 1e-6)
                        .put("post_layer_norm_eps", 1e-5)
                        .put("hidden_act", "gelu")
                        .put("qkv_bias", true);
                yield config;
            }
            case Tower.ClipLarge clip -> {
                LavisClipVision.Config vision = clip.vision().config();
                HubConfig config = HubConfig.empty(CLIP_LARGE);
                config.json()
                        .put("image_size", vision.imageSize())
                        .put("num_hidden_layers", vision.numHiddenLayers())
                        .put("num_attention_heads", vision.numAttentionHeads());
                yield config;
            }
        };
    }
}

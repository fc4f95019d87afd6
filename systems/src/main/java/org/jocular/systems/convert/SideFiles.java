package org.jocular.systems.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.systems.Layout;
import org.jocular.systems.OwnPresets;
import org.jocular.systems.Sources;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.GenerationConfig;
import org.jocular.weights.JsonFile;
import org.jocular.weights.PreprocessorConfig;
import org.jocular.weights.PreprocessorConfig.Exactly;
import org.jocular.weights.PreprocessorConfig.ShortestEdge;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What stands beside the weights in a directory of the hub: copied where there is such a file, made where there is none. */
final class SideFiles {
    private static final List<String> TOKENIZER = List.of(
            "tokenizer.model",
            "spiece.model",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "chat_template.json",
            "chat_template.jinja");

    /** Those of them without which the others are of no use. */
    private static final List<String> VOCABULARY =
            List.of("tokenizer.model", "spiece.model", "tokenizer.json", "vocab.json", "vocab.txt");

    private static final String GENERATION = "generation_config.json";
    private static final String PROCESSOR = "processor_config.json";
    private static final String QFORMER_TOKENIZER = "qformer_tokenizer";

    private final Path directory;

    /** @param directory the files go here */
    SideFiles(Path directory) {
        this.directory = directory;
    }

    static boolean hasTokenizer(Path directory) {
        return VOCABULARY.stream().anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    /** What makes text of tokens. */
    void tokenizers(Layout layout, Sources.Opener opener) {
        copyTokenizer(opener.tokenizer(layout.languageModel()), directory);
        Path qformerTokenizer = layout.qformerTokenizer();
        if (qformerTokenizer != null) {
            copyTokenizer(qformerTokenizer, directory.resolve(QFORMER_TOKENIZER));
        }
    }

    /**
     * How to generate, where a file says it.
     *
     * @param directories in which it may stand; the first counts
     * @param eosTokenIds those that the model ends with: for OPT in LAVIS the code has another than the files
     */
    void generation(List<Path> directories, @Nullable List<Integer> eosTokenIds) {
        Path from = directories.stream()
                .filter(text -> Files.exists(text.resolve(GENERATION)))
                .findFirst()
                .orElse(directories.getFirst());
        Path file = from.resolve(GENERATION);
        if (eosTokenIds == null
                || eosTokenIds.equals(GenerationConfig.read(from).eosTokenIds())) {
            copy(file, directory.resolve(GENERATION));
            return;
        }
        ObjectNode json = Files.exists(file)
                ? (ObjectNode) JsonFile.read(file).json()
                : JsonMapper.shared().createObjectNode();
        json.putPOJO("eos_token_id", eosTokenIds.size() == 1 ? eosTokenIds.getFirst() : eosTokenIds);
        json(GENERATION, json);
    }

    /** Prompts of the model's own, where it has some. */
    void presets(Layout layout) {
        copy(layout.directory().resolve(OwnPresets.NAME), directory.resolve(OwnPresets.NAME));
    }

    /** What prepares pictures, with or without a file that says how. */
    void pictures(Layout layout, @Nullable ImageProcessor processor) {
        copy(layout.directory().resolve(PROCESSOR), directory.resolve(PROCESSOR));
        Path pictures = layout.imageProcessor();
        Path target = directory.resolve(PreprocessorConfig.NAME);
        boolean copied = pictures != null && copy(pictures.resolve(PreprocessorConfig.NAME), target);
        if (!copied && processor != null) {
            json(PreprocessorConfig.NAME, fields(processor.config()));
        }
    }

    /** As transformers writes it: two spaces, and NaN where Python has one. */
    void json(String name, Object value) {
        Separators separators = Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER);
        DefaultPrettyPrinter lines =
                new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n"));
        ObjectWriter writer = JsonMapper.builder()
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .build()
                .writer()
                .with(lines);
        Path file = directory.resolve(name);
        try {
            Files.writeString(file, writer.writeValueAsString(value) + "\n");
        } catch (IOException e) {
            throw cannot("written", file, e);
        }
    }

    private static void copyTokenizer(Path from, Path to) {
        for (String name : TOKENIZER) {
            copy(from.resolve(name), to.resolve(name));
        }
    }

    /** Whether there was such a file. */
    private static boolean copy(Path from, Path to) {
        if (!Files.isRegularFile(from)) {
            return false;
        }
        try {
            Files.createDirectories(to.resolveSibling("."));
            Files.copy(from, to);
            return true;
        } catch (IOException e) {
            throw cannot("copied to " + to, from, e);
        }
    }

    private static BadInput cannot(String deed, Path file, IOException e) {
        return new BadInput("%s cannot be %s: %s".formatted(file, deed, PartialDirectory.reason(e)), e);
    }

    /** preprocessor_config.json, with the class that does the same in transformers. */
    private static SequencedMap<String, Object> fields(PreprocessorConfig config) {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        if (config.doCenterCrop()) {
            fields.put("crop_size", size(config.cropSize()));
        }
        fields.put("do_center_crop", config.doCenterCrop());
        fields.put("do_convert_rgb", config.doConvertRgb());
        fields.put("do_normalize", config.doNormalize());
        fields.put("do_rescale", config.doRescale());
        fields.put("do_resize", config.doResize());
        fields.put("image_mean", config.imageMean());
        fields.put("image_processor_type", config.doCenterCrop() ? "CLIPImageProcessor" : "BlipImageProcessor");
        fields.put("image_std", config.imageStd());
        fields.put("resample", config.resample());
        fields.put("rescale_factor", config.rescaleFactor());
        fields.put(
                "size",
                switch (config.size()) {
                    case ShortestEdge edge -> Map.of("shortest_edge", edge.pixels());
                    case Exactly exactly -> size(exactly);
                });
        return fields;
    }

    private static SequencedMap<String, Object> size(Exactly exactly) {
        SequencedMap<String, Object> size = new LinkedHashMap<>();
        size.put("height", exactly.height());
        size.put("width", exactly.width());
        return size;
    }
}

package org.jocular.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.llama.GenerationSettings;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;

/** What is needed to repeat a run; stands under {@code settings} in its result. */
final class RunSettings {
    private RunSettings() {}

    /** Which model: its files by name and size, and the type of its weights. */
    static Map<String, Object> model(VisionLanguageModel model, Path directory) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("system", model.system());
        fields.put("model", directory.toAbsolutePath().normalize().toString());
        fields.put("model_files", files(directory));
        fields.put("dtype", model.weights().dtype());
        return fields;
    }

    /** A file by name and size. */
    static Map<String, Object> file(Path file) {
        try {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.toString());
            fields.put("bytes", Files.size(file));
            return fields;
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static List<Map<String, Object>> files(Path directory) {
        List<Map<String, Object>> files = new ArrayList<>();
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.filter(Files::isRegularFile).sorted().toList()) {
                Map<String, Object> file = file(child);
                file.put("file", String.valueOf(child.getFileName()));
                files.add(file);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(directory, e.getMessage()), e);
        }
        return files;
    }

    /** How tokens are chosen, in the words of Hugging Face. */
    static Map<String, Object> generation(GenerationSettings settings) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("max_new_tokens", settings.maxNewTokens());
        fields.put("min_new_tokens", settings.minNewTokens());
        fields.put("max_length", settings.maxLength());
        fields.put("min_length", settings.minLength());
        fields.put("num_beams", settings.numBeams());
        fields.put("num_return_sequences", settings.numReturnSequences());
        fields.put("length_penalty", settings.lengthPenalty());
        fields.put(
                "early_stopping",
                switch (settings.earlyStopping()) {
                    case HEURISTIC -> false;
                    case AT_ENOUGH_HYPOTHESES -> true;
                    case NEVER -> "never";
                });
        fields.put("do_sample", settings.doSample());
        fields.put("temperature", settings.temperature());
        fields.put("top_k", settings.topK());
        fields.put("top_p", settings.topP());
        fields.put("repetition_penalty", settings.repetitionPenalty());
        fields.put("no_repeat_ngram_size", settings.noRepeatNgramSize());
        fields.put("bad_words_ids", settings.badWordsIds());
        fields.put("prompt_counts", settings.promptCounts());
        fields.put("seed", settings.seed());
        fields.put("eos_token_id", settings.eosTokenIds());
        fields.put("stop", settings.stop());
        return fields;
    }

    /** What computed. */
    static Map<String, Object> machine(Executor executor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("executor", executor.name());
        fields.put("threads", executor.threads());
        fields.put("vector_bits", executor.name().equals("simd") ? Machine.vectorBits() : 0);
        fields.put("version", Machine.version());
        fields.put("jdk", Machine.jdk());
        return fields;
    }
}

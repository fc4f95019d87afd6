package org.jocular.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.cli.WeightFiles.BesideWeights;
import org.jocular.systems.Layout;
import org.jocular.systems.Sources;
import org.jocular.systems.StoredWeights;
import org.jocular.systems.Systems;
import org.jocular.systems.TextOnly;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what {@link Inspection} tells. */
final class Inspector {
    private final Path path;
    private final WeightFiles files = new WeightFiles();
    private final List<String> missing = new ArrayList<>();
    private final Map<String, StoredWeights> parts = new LinkedHashMap<>();
    private List<Ignored> ignored = List.of();
    private @Nullable String what;
    private @Nullable Layout layout;
    private @Nullable JsonNode config;
    private @Nullable String obstacle;

    Inspector(Path path) {
        this.path = path;
    }

    Inspection result() {
        return new Inspection(
                path,
                what,
                layout,
                config,
                parts,
                new StoredWeights(files.tensors(), ignored),
                files.beside(),
                missing,
                obstacle);
    }

    void file() {
        files.read(path);
        missing.addAll(files.missing());
        what = Recognised.of(files.tensors());
    }

    void adapter() {
        if (Files.exists(path.resolve("config.json"))) {
            layout();
        }
        try {
            Adapter adapter = Adapter.read(path);
            what = what == null ? adapter.toString() : what + ", " + adapter;
            missing.add("the base that it adapts%s: jocular convert --base DIR --lora %s --out DIR merges them"
                    .formatted(adapter.base().isEmpty() ? "" : ", " + adapter.base(), path));
        } catch (BadInput e) {
            missing.add(String.valueOf(e.getMessage()));
        }
        files.read(path);
        missing.addAll(files.missing());
    }

    void directory() {
        layout();
        List<Layout.Place> places = places();
        for (Layout.Place place : places) {
            int before = files.tensors().size();
            files.read(place.path());
            List<TensorInfo> found =
                    files.tensors().subList(before, files.tensors().size());
            if (places.size() > 1 && !found.isEmpty()) {
                parts.put(place.part(), new StoredWeights(found, List.of()));
            }
        }
        missing.addAll(files.missing());
        if (layout == null) {
            what = Recognised.of(files.tensors());
            return;
        }
        tokenizers(layout);
        delta(layout);
        if (missing.isEmpty()) {
            load(layout);
        }
    }

    private void layout() {
        try {
            layout = Layout.of(path);
            config = layout.fields().json();
            what = layout.system();
        } catch (BadInput e) {
            Path file = path.resolve("config.json");
            if (Files.exists(path.resolve("jocular.json"))) {
                missing.add(String.valueOf(e.getMessage()));
            } else if (!Files.exists(file)) {
                missing.add("config.json is missing");
            } else {
                other(file, String.valueOf(e.getMessage()));
            }
            layout = null;
        }
    }

    /** A config.json that is broken, or of a model that is none of the systems. */
    private void other(Path file, String why) {
        try {
            Fields fields = JsonFile.read(file);
            config = fields.json();
            obstacle = why;
        } catch (BadInput e) {
            missing.add(String.valueOf(e.getMessage()));
        }
    }

    private List<Layout.Place> places() {
        try {
            return layout == null ? List.of(new Layout.Place("", path)) : layout.weights();
        } catch (BadInput e) {
            missing.add(String.valueOf(e.getMessage()));
            return layout != null && layout.kind() == Layout.Kind.LAVIS
                    ? List.of()
                    : List.of(new Layout.Place("", path));
        }
    }

    private void tokenizers(Layout layout) {
        try {
            tokenizer(layout.languageModel());
            Path qformer = layout.qformerTokenizer();
            if (qformer != null) {
                tokenizer(qformer);
            }
        } catch (BadInput e) {
            if (!missing.contains(e.getMessage())) {
                missing.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private void tokenizer(Path directory) {
        try {
            Tokenizers.load(directory);
        } catch (IllegalArgumentException e) {
            missing.add(String.valueOf(e.getMessage()));
        }
    }

    private void delta(Layout layout) {
        boolean may = layout.kind() == Layout.Kind.LANGUAGE_MODEL || layout.kind() == Layout.Kind.LLAVA_ORIGINAL;
        if (may && Recognised.isDelta(path)) {
            what = what + ", a delta";
            missing.add(
                    "the base from which these weights are differences: jocular convert --base DIR --delta %s --out DIR adds them"
                            .formatted(path));
        }
    }

    /** Learns what the model takes of which file, which costs no more than the files' headers. */
    private void load(Layout layout) {
        Sources.Opener names = place -> Checkpoint.namesOnly(Checkpoint.open(place));
        try {
            if (layout.kind() == Layout.Kind.LANGUAGE_MODEL) {
                try (TextOnly text = TextOnly.load(layout, names)) {
                    loaded(text.sources(), text.config().json());
                }
            } else {
                try (VisionLanguageModel model = Systems.load(path, names)) {
                    loaded(model.parts().sources(), model.parts().config().json());
                }
            }
        } catch (BadInput e) {
            obstacle = e.getMessage();
        }
    }

    private void loaded(Sources sources, JsonNode hubConfig) {
        config = hubConfig;
        Map<String, List<TensorInfo>> byPart = new LinkedHashMap<>();
        List<Ignored> unused = new ArrayList<>();
        for (Sources.Source source : sources.all()) {
            for (TensorInfo tensor : source.loaded().tensors()) {
                byPart.computeIfAbsent(Recognised.part(tensor.name(), what), part -> new ArrayList<>())
                        .add(tensor);
            }
            unused.addAll(source.checkpoint().ignored());
        }
        parts.clear();
        byPart.forEach((part, tensors) -> parts.put(part, new StoredWeights(tensors, List.of())));
        List<String> elsewhere =
                files.beside().stream().map(BesideWeights::name).toList();
        ignored = unused.stream()
                .filter(tensor -> !elsewhere.contains(tensor.name()))
                .toList();
    }
}

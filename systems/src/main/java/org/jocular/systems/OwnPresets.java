package org.jocular.systems;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocular.llama.GenerationSettings;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Fields;
import org.jocular.weights.JsonFile;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Prompts that a model directory brings itself, in {@code presets.json}: those of a model that was taught other ones than its system was
 * published with.
 *
 * @param presets they take the place of the published ones, the first is the default; empty where there is no such file
 * @param wording the words in which the model wants benchmarks to ask; null where it is as its system
 */
public record OwnPresets(List<Preset> presets, @Nullable String wording) {
    public static final String NAME = "presets.json";

    /** No such file. */
    public static final OwnPresets NONE = new OwnPresets(List.of(), null);

    private static final Set<String> FIELDS = Set.of("wording", "presets");
    private static final Set<String> PRESET_FIELDS =
            Set.of("name", "used_by", "first", "next", "image", "stop", "decoding");

    public OwnPresets {
        presets = List.copyOf(presets);
    }

    /** These where there are any, else the published ones. */
    List<Preset> or(List<Preset> published) {
        return presets.isEmpty() ? published : presets;
    }

    /** @throws BadInput if there is such a file and something in it is missing, wrong or not known */
    static OwnPresets read(Path directory) {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return NONE;
        }
        Fields fields = JsonFile.read(file);
        for (String name : fields.names()) {
            fields.require(FIELDS.contains(name), "has a field %s, expected wording and presets".formatted(name));
        }
        JsonNode list = fields.json().path("presets");
        fields.require(list.isArray() && !list.isEmpty(), "has no presets, expected a list of at least one");
        List<Preset> presets = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode node : list) {
            Entry entry = new Entry(fields, "presets[%d]".formatted(presets.size()), node);
            Preset preset = entry.preset();
            entry.require(names.add(preset.name()), "name", "that no other preset has");
            presets.add(preset);
        }
        String wording = fields.text("wording", "");
        fields.require(!fields.has("wording") || !wording.isBlank(), "has an empty wording");
        return new OwnPresets(presets, wording.isEmpty() ? null : wording);
    }

    /** One object of the list; what is wrong with it is told with its place. */
    private record Entry(Fields fields, String place, JsonNode node) {
        Preset preset() {
            if (!node.isObject()) {
                throw fields.bad("has a %s that is no object".formatted(place));
            }
            for (String field : node.propertyNames()) {
                if (!PRESET_FIELDS.contains(field)) {
                    throw fields.bad("has a field %s.%s, expected name, used_by, first, next, image, stop or decoding"
                            .formatted(place, field));
                }
            }
            Preset preset = new Preset(
                    text("name", null),
                    text("used_by", "this model"),
                    text("first", null),
                    text("next", ""),
                    text("image", ""),
                    stop(),
                    decoding());
            require(!preset.name().isBlank(), "name", "that is not empty");
            require(
                    preset.first().contains("{images}") != preset.image().isEmpty(),
                    "first",
                    "with {images} if and only if image says what stands for one");
            require(!preset.converses() || preset.next().contains("{q}"), "next", "with {q} for the question");
            return preset;
        }

        private String text(String field, @Nullable String absent) {
            JsonNode value = node.path(field);
            if (value.isMissingNode() && absent != null) {
                return absent;
            }
            if (value.isMissingNode()) {
                throw fields.bad("lacks %s.%s".formatted(place, field));
            }
            require(value.isString(), field, "that is text");
            return value.stringValue();
        }

        private List<String> stop() {
            JsonNode value = node.path("stop");
            require(
                    value.isMissingNode()
                            || (value.isArray()
                                    && value.valueStream()
                                            .allMatch(text -> text.isString()
                                                    && !text.stringValue().isEmpty())),
                    "stop",
                    "that is a list of texts");
            return value.valueStream().map(JsonNode::stringValue).toList();
        }

        /** In the order of the file. */
        private Map<String, Object> decoding() {
            JsonNode value = node.path("decoding");
            require(value.isMissingNode() || value.isObject(), "decoding", "that is an object");
            Map<String, Object> settings = new LinkedHashMap<>();
            for (String name : value.propertyNames()) {
                JsonNode setting = value.path(name);
                require(
                        setting.isValueNode() && !setting.isNull(),
                        "decoding." + name,
                        "that is a number, text, true or false");
                settings.put(
                        name,
                        setting.isNumber()
                                ? setting.numberValue()
                                : setting.isBoolean() ? setting.booleanValue() : setting.asString());
            }
            try {
                GenerationSettings.builder().set(settings).build();
            } catch (BadInput e) {
                BadInput bad = fields.bad("has a %s.decoding that is not right: %s".formatted(place, e.getMessage()));
                bad.initCause(e);
                throw bad;
            }
            return settings;
        }

        private void require(boolean holds, String field, String expected) {
            if (!holds) {
                throw fields.bad("has a %s.%s that is not right, expected one %s".formatted(place, field, expected));
            }
        }
    }
}

package org.jocular.cli.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What publishers recorded of their checkpoints, in their tests, examples and READMEs. A further checkpoint is a further entry in
 * {@code records.json}.
 *
 * <p>CLIP's own record (clip-vit-base-patch32, {@code logits_per_image} of two texts) is left out: those scores are the product of a picture
 * and a text, and CLIP's text tower is in none of the five systems. Left out too are answers to enlarged pictures
 * ({@code interpolate_pos_encoding}), which is no way of asking here, and models with other language models, such as bakLlava. Of MiniGPT-4,
 * mPLUG-Owl, LLaVA's original repository and LLaVA 13B no recorded output was found.
 *
 * @param pictures by the keys that checks name
 */
public record Catalogue(Map<String, PublishedPicture> pictures, List<PublicCheckpoint> checkpoints) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    public Catalogue {
        pictures = Map.copyOf(pictures);
        checkpoints = List.copyOf(checkpoints);
        for (PublicCheckpoint checkpoint : checkpoints) {
            for (Check check : checkpoint.checks()) {
                if (!pictures.keySet().containsAll(check.pictures())) {
                    throw new IllegalArgumentException(
                            "%s: %s names unknown pictures".formatted(checkpoint.name(), check.id()));
                }
            }
        }
    }

    /** That which comes with this program. */
    public static Catalogue published() {
        try (InputStream in = Catalogue.class.getResourceAsStream("records.json")) {
            if (in == null) {
                throw new IllegalStateException("records.json is missing beside the classes");
            }
            return JSON.readValue(in, Catalogue.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it, as it stands in {@code records.json}. */
    public JsonNode json() {
        return JSON.valueToTree(this);
    }

    /** A picture that a check names. */
    public PublishedPicture picture(String key) {
        return Objects.requireNonNull(pictures.get(key), key);
    }

    /**
     * The checkpoint of a name, with or without its organisation.
     *
     * @throws BadInput if there is none
     */
    public PublicCheckpoint named(String name) {
        return checkpoints.stream()
                .filter(checkpoint ->
                        checkpoint.name().equals(name) || checkpoint.shortName().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInput("--as is %s, expected one of %s".formatted(name, names())));
    }

    /**
     * The checkpoint that has the sizes of a model.
     *
     * @throws BadInput if there is none
     */
    public PublicCheckpoint recognised(Path directory) {
        Path config = directory.resolve("config.json");
        if (!Files.isRegularFile(config)) {
            throw unknown(directory + " has no config.json to recognise it by");
        }
        Sizes found = Sizes.of(config);
        if (found == null) {
            throw unknown(config + " is of no system or layout with records");
        }
        return checkpoints.stream()
                .filter(checkpoint -> checkpoint.sizes().covers(found))
                .findFirst()
                .orElseThrow(() -> unknown(
                        "%s has the sizes of no checkpoint with records (%s)".formatted(config, found.sentence())));
    }

    private BadInput unknown(String what) {
        return new BadInput("%s; --as NAME says which it is, one of %s".formatted(what, names()));
    }

    private String names() {
        return String.join(
                ", ", checkpoints.stream().map(PublicCheckpoint::name).toList());
    }
}

package org.jocular.train.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe says about one source of lessons. Paths are relative to the folder with all training data.
 *
 * @param files read one after the other as if they were one; {@link Format#SCIENCEQA} has two that belong together
 * @param images folders in which pictures are looked for in turn; empty: beside the first file
 * @param limit how many lessons are taken; 0: all
 * @param share which part of the lessons is taken
 * @param sample null: those taken are the first; otherwise they are drawn, another number, another sample
 * @param prompts of which one is drawn at each visit, {@code {q}} in it being the file's own question; empty: the question as it is
 * @param weight how often this source is drawn, where the stage's mixture is by weights; otherwise null
 * @param picturesOnly whether lessons without a picture are left out
 * @param processor what is done to answers; only {@link BlipCaption}'s, or empty
 * @param split of {@link Format#SCIENCEQA}; otherwise empty
 * @param wording of {@link Format#SCIENCEQA} and {@link Format#VSR}; otherwise empty
 * @param mix of {@link Format#WORLD}; otherwise empty
 */
public record DataSpec(
        Format format,
        List<String> files,
        List<String> images,
        int limit,
        double share,
        @Nullable Long sample,
        Turns turns,
        List<String> prompts,
        @Nullable Double weight,
        boolean picturesOnly,
        String processor,
        String split,
        String wording,
        String mix) {
    private static final List<String> KNOWN = List.of(
            "format",
            "files",
            "images",
            "limit",
            "share",
            "sample",
            "turns",
            "prompts",
            "weight",
            "pictures_only",
            "processor");

    /** How lessons are written down. */
    public enum Format {
        /** LLaVA's lists of conversations. */
        LLAVA(true, false),
        /** COCO's {@code captions_*.json}. */
        COCO(false, true),
        /** LAVIS's lists of pictures with a caption, or with a question and its answers. */
        LAVIS(false, true),
        /** {@code problems.json} and {@code pid_splits.json}. */
        SCIENCEQA(true, false),
        /** VSR's JSON lines. */
        VSR(true, false),
        /** MiniGPT-4's {@code filter_cap.json}. */
        MINIGPT4(false, false),
        /** mPLUG-Owl's JSON lines. */
        MPLUG_OWL(true, false),
        /** Synthetic scenes, made while training. */
        WORLD(true, false);

        final boolean asks;
        final boolean alternatives;

        /**
         * @param asks whether every lesson has a question of its own
         * @param alternatives whether a lesson's turns are answers to choose from, no conversation
         */
        Format(boolean asks, boolean alternatives) {
            this.asks = asks;
            this.alternatives = alternatives;
        }

        /** As recipes write it. */
        public String json() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private List<String> own() {
            return switch (this) {
                case SCIENCEQA -> List.of("split", "wording");
                case VSR -> List.of("wording");
                case WORLD -> List.of("mix");
                default -> List.of();
            };
        }

        private List<String> wordings() {
            return switch (this) {
                case SCIENCEQA -> ScienceQa.WORDINGS;
                case VSR -> Vsr.WORDINGS;
                default -> List.of("");
            };
        }

        private Turns turns() {
            return alternatives ? Turns.ONE : Turns.ALL;
        }
    }

    /** How much of a lesson one visit shows. */
    public enum Turns {
        /** The whole conversation. */
        ALL,
        /** One turn, drawn at each visit: a caption of COCO's five. */
        ONE,
        /** Every turn is a lesson of its own. */
        EACH;

        /** As recipes write it. */
        public String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** All of some files, as they are. */
    public static DataSpec of(Format format, List<String> files, List<String> images) {
        String split = format == Format.SCIENCEQA ? ScienceQa.TRAIN : "";
        String wording = format.wordings().getFirst();
        return new DataSpec(
                format, files, images, 0, 1, null, format.turns(), List.of(), null, false, "", split, wording, "");
    }

    /** As a recipe writes it. */
    public static DataSpec of(Entry entry) {
        String name = entry.oneOf(
                "format", Arrays.stream(Format.values()).map(Format::json).toList());
        Format format = Format.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        List<String> known = new ArrayList<>(KNOWN);
        known.addAll(format.own());
        entry.only(known);
        DataSpec usual = of(format, List.of(), List.of());
        List<String> files = entry.has("files") ? entry.textOrTexts("files") : List.of();
        checkFiles(entry, format, files.size());
        if (entry.has("limit") && entry.has("share")) {
            throw entry.bad("has both limit and share, expected one of them");
        }
        DataSpec spec = new DataSpec(
                format,
                files,
                entry.has("images") ? entry.textOrTexts("images") : List.of(),
                entry.whole("limit", 1, Integer.MAX_VALUE, 0),
                share(entry),
                entry.has("sample") ? (Long) entry.whole("sample", 0, Long.MAX_VALUE) : null,
                Turns.valueOf(entry.oneOf(
                                "turns",
                                Arrays.stream(Turns.values()).map(Turns::json).toList(),
                                usual.turns.json())
                        .toUpperCase(Locale.ROOT)),
                entry.has("prompts") ? entry.textOrTexts("prompts") : List.of(),
                entry.has("weight") ? (Double) entry.positive("weight") : null,
                entry.flag("pictures_only", false),
                entry.oneOf("processor", List.of(BlipCaption.NAME), ""),
                entry.text("split", usual.split),
                entry.oneOf("wording", format.wordings(), usual.wording),
                entry.text("mix", ""));
        spec.check(entry);
        return spec;
    }

    /** As a recipe would write it: what is as usual is left out. */
    public Map<String, Object> toJson() {
        DataSpec usual = of(format, List.of(), List.of());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", format.json());
        put(json, "files", files, usual.files);
        put(json, "images", images, usual.images);
        put(json, "split", split, usual.split);
        put(json, "wording", wording, usual.wording);
        put(json, "mix", mix, usual.mix);
        put(json, "limit", limit, usual.limit);
        put(json, "share", share, usual.share);
        if (sample != null) {
            json.put("sample", sample);
        }
        put(json, "turns", turns.json(), usual.turns.json());
        put(json, "prompts", prompts, usual.prompts);
        if (weight != null) {
            json.put("weight", weight);
        }
        put(json, "pictures_only", picturesOnly, usual.picturesOnly);
        put(json, "processor", processor, usual.processor);
        return json;
    }

    private static void put(Map<String, Object> json, String name, Object value, Object usual) {
        if (!value.equals(usual)) {
            json.put(name, value);
        }
    }

    private static void checkFiles(Entry entry, Format format, int files) {
        int least = format == Format.WORLD ? 0 : format == Format.SCIENCEQA ? 2 : 1;
        int most = format == Format.WORLD ? 0 : format == Format.SCIENCEQA ? 2 : Integer.MAX_VALUE;
        if (files < least || files > most) {
            String expected = format == Format.WORLD
                    ? "none"
                    : format == Format.SCIENCEQA ? "problems.json and pid_splits.json" : "at least one";
            throw entry.bad("names %d files, expected %s".formatted(files, expected));
        }
    }

    private static double share(Entry entry) {
        if (!entry.has("share")) {
            return 1;
        }
        double share = entry.positive("share");
        if (share > 1) {
            throw entry.wrong("share", "a number above 0, up to 1");
        }
        return share;
    }

    private void check(Entry entry) {
        if (format.alternatives && turns == Turns.ALL) {
            throw entry.wrong(
                    "turns",
                    "one or each, since a picture's answers in %s are no conversation".formatted(format.json()));
        }
        if (format.asks && !prompts.stream().allMatch(prompt -> prompt.contains("{q}"))) {
            throw entry.bad(
                    "has prompts without {q}, so that the questions of %s would be lost".formatted(format.json()));
        }
        if (format == Format.WORLD && mix.isEmpty()) {
            throw entry.bad("lacks mix");
        }
    }
}

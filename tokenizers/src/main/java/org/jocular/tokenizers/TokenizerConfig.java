package org.jocular.tokenizers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jspecify.annotations.Nullable;

/**
 * What a Hugging Face directory says about a tokenizer beside its vocabulary: {@code tokenizer_config.json}, {@code
 * special_tokens_map.json} and {@code added_tokens.json}, read in the order of {@code
 * PreTrainedTokenizerBase._from_pretrained}.
 *
 * @param roles tokens by role ({@code bos_token}, …), in the order in which new ones get ids
 * @param additionalSpecial special tokens without a role
 * @param addedTokens with the ids that the files give them
 * @param legacy every stretch between added tokens gets its own dummy prefix; the default of {@code LlamaTokenizer}
 * @param truncateLeft a text that is too long loses its beginning
 * @param cleanUp decoding removes spaces before punctuation ({@code clean_up_tokenization_spaces})
 */
record TokenizerConfig(
        Map<String, String> roles,
        List<String> additionalSpecial,
        List<AddedToken> addedTokens,
        boolean legacy,
        boolean addBos,
        boolean addEos,
        boolean addPrefixSpace,
        boolean truncateLeft,
        boolean cleanUp) {

    /** {@code SPECIAL_TOKENS_ATTRIBUTES} of the original. */
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /** @throws IllegalArgumentException if a file is broken; files that are not there are not missed */
    static TokenizerConfig read(Path directory, Family family) {
        JsonPart config = JsonPart.readIfThere(directory.resolve("tokenizer_config.json"));
        JsonPart specialMap = JsonPart.readIfThere(directory.resolve("special_tokens_map.json"));
        JsonPart decoder = config.at("added_tokens_decoder");
        // A config of today says everything; before, special_tokens_map.json had the last word.
        boolean complete = decoder.node().isObject();
        JsonPart first = complete ? config : specialMap;
        JsonPart second = complete ? specialMap : config;

        Map<String, String> roles = new LinkedHashMap<>();
        for (String role : ROLES) {
            JsonPart token = either(first, second, role);
            String content =
                    token.node().isMissingNode() ? family.roles().get(role) : token.isThere() ? content(token) : null;
            if (content != null) {
                roles.put(role, content);
            }
        }
        List<String> additional = new ArrayList<>();
        for (JsonPart token : either(first, second, "additional_special_tokens").items()) {
            additional.add(content(token));
        }
        List<AddedToken> added = complete
                ? fromDecoder(decoder)
                : fromAddedTokens(JsonPart.readIfThere(directory.resolve("added_tokens.json")), roles, additional);
        boolean sentencePiece = family == Family.LLAMA || family == Family.T5;
        return new TokenizerConfig(
                roles,
                List.copyOf(additional),
                List.copyOf(added),
                config.at("legacy").flag(true),
                config.at("add_bos_token").flag(family == Family.LLAMA || family == Family.OPT),
                config.at("add_eos_token").flag(family == Family.T5),
                config.at("add_prefix_space").flag(sentencePiece),
                config.at("truncation_side").string("right").equals("left"),
                config.at("clean_up_tokenization_spaces").flag(false));
    }

    /** The tokenizer's class in huggingface/transformers, be it the slow or the fast one; empty where no file says. */
    static String tokenizerClass(Path directory) {
        JsonPart config = JsonPart.readIfThere(directory.resolve("tokenizer_config.json"));
        return config.at("tokenizer_class").string("").replaceFirst("Fast$", "");
    }

    /** The token in a role, null for none. */
    @Nullable
    String role(String role) {
        return roles.get(role);
    }

    /**
     * The added tokens, and those special tokens that no file gives an id: the vocabulary's id where it has the piece,
     * else the next one behind everything.
     *
     * @param idOf ids of pieces, -1 for none
     * @param implied tokens that are there even if no file names them
     */
    List<AddedToken> allAdded(int vocabSize, ToIntFunction<String> idOf, List<AddedToken> implied) {
        Map<String, AddedToken> all = new LinkedHashMap<>();
        int next = vocabSize;
        List<AddedToken> known = new ArrayList<>(implied);
        known.addAll(addedTokens);
        for (AddedToken token : known) {
            all.put(token.content(), token);
            next = Math.max(next, token.id() + 1);
        }
        List<String> special = new ArrayList<>(roles.values());
        special.addAll(additionalSpecial);
        for (String content : special) {
            if (!all.containsKey(content)) {
                int id = idOf.applyAsInt(content);
                all.put(content, AddedToken.plain(id >= 0 ? id : next++, content, true));
            }
        }
        return List.copyOf(all.values());
    }

    /** As {@link #allAdded(int, ToIntFunction, List)}, to be found in the text as it is, as slow tokenizers do. */
    List<AddedToken> allAdded(Map<String, Integer> vocabulary) {
        int behind = vocabulary.values().stream().mapToInt(id -> id + 1).max().orElse(0);
        return allAdded(behind, piece -> vocabulary.getOrDefault(piece, -1), List.of()).stream()
                .map(AddedToken::inRawText)
                .toList();
    }

    /** The id of the token in a role, -1 for none; {@code added} is what {@link #allAdded(Map)} gave. */
    int roleId(String role, List<AddedToken> added) {
        return added.stream()
                .filter(token -> token.content().equals(role(role)))
                .mapToInt(AddedToken::id)
                .findFirst()
                .orElse(-1);
    }

    private static List<AddedToken> fromDecoder(JsonPart decoder) {
        List<AddedToken> added = new ArrayList<>();
        for (Map.Entry<String, JsonPart> entry : decoder.fields()) {
            added.add(addedToken(id(entry.getValue(), entry.getKey()), entry.getValue()));
        }
        return added;
    }

    /** {@code part} has the fields of {@code AddedToken} in huggingface/tokenizers. */
    static AddedToken addedToken(int id, JsonPart part) {
        boolean special = part.at("special").flag(false);
        return new AddedToken(
                id,
                content(part),
                special,
                part.at("lstrip").flag(false),
                part.at("rstrip").flag(false),
                part.at("single_word").flag(false),
                part.at("normalized").flag(!special));
    }

    private static List<AddedToken> fromAddedTokens(JsonPart file, Map<String, String> roles, List<String> additional) {
        List<AddedToken> added = new ArrayList<>();
        for (Map.Entry<String, JsonPart> entry : file.fields()) {
            boolean special = roles.containsValue(entry.getKey()) || additional.contains(entry.getKey());
            added.add(AddedToken.plain(entry.getValue().id(), entry.getKey(), special));
        }
        return added;
    }

    private static int id(JsonPart part, String number) {
        try {
            int id = Integer.parseInt(number);
            if (id >= 0 && id <= JsonPart.MAX_ID) {
                return id;
            }
        } catch (NumberFormatException e) {
            // told below, together with numbers out of range
        }
        throw part.expected("a name that is an id from 0 to " + JsonPart.MAX_ID);
    }

    private static JsonPart either(JsonPart first, JsonPart second, String field) {
        return first.node().has(field) ? first.at(field) : second.at(field);
    }

    /** A token is written as a string or as an object with its flags. */
    private static String content(JsonPart token) {
        JsonPart content = token.node().isObject() ? token.at("content") : token;
        if (!content.node().isString()) {
            throw content.expected("a token: a string, or an object with content");
        }
        return content.string();
    }
}

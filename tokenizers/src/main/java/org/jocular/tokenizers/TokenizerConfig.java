package org.jocular.tokenizers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.HubTokenizer.Family;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a Hugging Face directory says about a SentencePiece tokenizer beside its {@code .model}: {@code
 * tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json}, read in the order of {@code
 * PreTrainedTokenizerBase._from_pretrained}.
 *
 * @param legacy every stretch between added tokens gets its own dummy prefix; the default of {@code LlamaTokenizer}
 * @param bosToken null for none, as the other three
 * @param additionalSpecial special tokens without a role
 * @param addedTokens with the ids that the files give them
 */
record TokenizerConfig(
        boolean legacy,
        boolean addBos,
        boolean addEos,
        boolean addPrefixSpace,
        @Nullable String bosToken,
        @Nullable String eosToken,
        @Nullable String unkToken,
        @Nullable String padToken,
        List<String> additionalSpecial,
        List<AddedToken> addedTokens) {

    private static final JsonMapper JSON = new JsonMapper();

    /** @throws IllegalArgumentException if a file is broken; files that are not there are not missed */
    static TokenizerConfig read(Path directory, Family family) {
        Path file = directory.resolve("tokenizer_config.json");
        JsonNode config = readIfThere(file);
        JsonNode specialMap = readIfThere(directory.resolve("special_tokens_map.json"));
        JsonNode decoder = config.path("added_tokens_decoder");
        // A config of today says everything; before, special_tokens_map.json had the last word.
        boolean complete = decoder.isObject();
        JsonNode first = complete ? config : specialMap;
        JsonNode second = complete ? specialMap : config;

        List<String> additional = new ArrayList<>();
        for (JsonNode token : either(first, second, "additional_special_tokens")) {
            additional.add(content(file, "additional_special_tokens", token));
        }
        String bos = role(file, first, second, "bos_token", family == Family.LLAMA ? "<s>" : null);
        String eos = role(file, first, second, "eos_token", "</s>");
        String unk = role(file, first, second, "unk_token", "<unk>");
        String pad = role(file, first, second, "pad_token", family == Family.T5 ? "<pad>" : null);
        List<String> special = new ArrayList<>(additional);
        for (String token : new String[] {bos, eos, unk, pad}) {
            if (token != null) {
                special.add(token);
            }
        }
        List<AddedToken> added = complete
                ? fromDecoder(file, decoder)
                : fromAddedTokens(directory.resolve("added_tokens.json"), special);
        return new TokenizerConfig(
                flag(config, "legacy", true),
                flag(config, "add_bos_token", family == Family.LLAMA),
                flag(config, "add_eos_token", family == Family.T5),
                flag(config, "add_prefix_space", true),
                bos,
                eos,
                unk,
                pad,
                List.copyOf(additional),
                List.copyOf(added));
    }

    /**
     * The added tokens, and those special tokens that no file gives an id: the vocabulary's id where it has the piece,
     * else the next one behind everything.
     *
     * @param implied tokens that are there even if no file names them
     */
    List<AddedToken> allAdded(Tokenizer vocabulary, List<AddedToken> implied) {
        Map<String, AddedToken> all = new LinkedHashMap<>();
        int next = vocabulary.vocabSize();
        List<AddedToken> known = new ArrayList<>(implied);
        known.addAll(addedTokens);
        for (AddedToken token : known) {
            all.put(token.content(), token);
            next = Math.max(next, token.id() + 1);
        }
        List<@Nullable String> special = new ArrayList<>();
        special.add(bosToken);
        special.add(eosToken);
        special.add(unkToken);
        special.add(padToken);
        special.addAll(additionalSpecial);
        for (String content : special) {
            if (content != null && !all.containsKey(content)) {
                int id = vocabulary.id(content);
                all.put(content, AddedToken.plain(id >= 0 ? id : next++, content, true));
            }
        }
        return List.copyOf(all.values());
    }

    private static List<AddedToken> fromDecoder(Path file, JsonNode decoder) {
        List<AddedToken> added = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : decoder.properties()) {
            added.add(addedToken(file, id(file, entry.getKey()), entry.getValue()));
        }
        return added;
    }

    /** {@code node} has the fields of {@code AddedToken} in huggingface/tokenizers. */
    static AddedToken addedToken(Path file, int id, JsonNode node) {
        boolean special = flag(node, "special", false);
        return new AddedToken(
                id,
                content(file, "added token " + id, node),
                special,
                flag(node, "lstrip", false),
                flag(node, "rstrip", false),
                flag(node, "single_word", false),
                flag(node, "normalized", !special));
    }

    private static List<AddedToken> fromAddedTokens(Path file, List<String> special) {
        List<AddedToken> added = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : readIfThere(file).properties()) {
            int id = id(file, entry.getValue().asString(""));
            added.add(AddedToken.plain(id, entry.getKey(), special.contains(entry.getKey())));
        }
        return added;
    }

    private static int id(Path file, String number) {
        try {
            int id = Integer.parseInt(number);
            if (id >= 0 && id < 1 << 30) {
                return id;
            }
        } catch (NumberFormatException e) {
            // told below, together with numbers out of range
        }
        throw new IllegalArgumentException(file + ": added token id is '" + number + "', expected a small number");
    }

    /** Null means unsaid, as in Python. */
    private static boolean flag(JsonNode node, String field, boolean byDefault) {
        JsonNode flag = node.path(field);
        return flag.isBoolean() ? flag.booleanValue() : byDefault;
    }

    private static JsonNode either(JsonNode first, JsonNode second, String field) {
        return first.has(field) ? first.path(field) : second.path(field);
    }

    private static @Nullable String role(
            Path file, JsonNode first, JsonNode second, String field, @Nullable String byDefault) {
        JsonNode token = either(first, second, field);
        return token.isMissingNode() ? byDefault : token.isNull() ? null : content(file, field, token);
    }

    /** A token is written as a string or as an object with its flags. */
    private static String content(Path file, String field, JsonNode token) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        if (!content.isString()) {
            throw new IllegalArgumentException(file + ": " + field + " is " + token.getNodeType()
                    + ", expected a string or an object with content");
        }
        return content.asString();
    }

    private static JsonNode readIfThere(Path file) {
        return Files.exists(file) ? readObject(file) : JSON.createObjectNode();
    }

    /** @throws IllegalArgumentException if the file is not a JSON object */
    static JsonNode readObject(Path file) {
        try {
            JsonNode node = JSON.readTree(Tokenizers.readBytes(file));
            if (node.isObject()) {
                return node;
            }
            throw new IllegalArgumentException(file + ": expected a JSON object, found " + node.getNodeType());
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + ": not JSON: " + e.getOriginalMessage(), e);
        }
    }
}

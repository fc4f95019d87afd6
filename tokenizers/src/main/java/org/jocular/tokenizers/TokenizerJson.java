package org.jocular.tokenizers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.JsonTokenizer.PreTokenizer;
import org.jocular.tokenizers.JsonTokenizer.Roles;
import org.jocular.tokenizers.PieceDecoder.LeadingSpace;
import tools.jackson.databind.JsonNode;

/** Reads {@code tokenizer.json} of huggingface/tokenizers, as far as the LLaMA family uses its components. */
final class TokenizerJson {
    /** An id beyond this is taken for a broken file, not for a reason to reserve memory. */
    private static final int MAX_ID = 1 << 24;

    private final Path file;
    private final JsonNode root;

    private TokenizerJson(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** Which special token is the beginning, the end and so on, the JSON files beside it say. */
    static Tokenizer load(Path file) {
        return new TokenizerJson(file, TokenizerConfig.readObject(file)).read();
    }

    private Tokenizer read() {
        MergeBpeModel model = model(root.path("model"));
        TokenizerConfig config =
                TokenizerConfig.read(file.toAbsolutePath().resolveSibling(""), HubTokenizer.Family.LLAMA);
        List<AddedToken> added = added(config);
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        template(root.path("post_processor"), before, after);
        return new JsonTokenizer(new JsonTokenizer.Parts(
                file.toString(),
                added,
                normalizer(root.path("normalizer")),
                preTokenizer(root.path("pre_tokenizer")),
                model,
                leadingSpace(root.path("decoder")),
                List.copyOf(before),
                List.copyOf(after),
                roles(config, added, model)));
    }

    private MergeBpeModel model(JsonNode node) {
        // Files of long ago leave the type out.
        if (!node.path("type").asString("BPE").equals("BPE")) {
            throw unsupported("model", node, "BPE");
        }
        JsonNode vocab = node.path("vocab");
        Map<String, Integer> vocabulary = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
            vocabulary.put(entry.getKey(), id("vocab entry " + entry.getKey(), entry.getValue()));
        }
        if (vocabulary.isEmpty()) {
            throw bad("model.vocab is " + vocab.getNodeType() + ", expected an object with pieces");
        }
        MergeBpe merges = new MergeBpe();
        int rank = 0;
        for (JsonNode merge : node.path("merges")) {
            List<String> pair = merge.isArray()
                    ? List.of(merge.path(0).asString(""), merge.path(1).asString(""))
                    : List.of(merge.asString("").split(" ", -1));
            Integer left = pair.size() == 2 ? vocabulary.get(pair.get(0)) : null;
            Integer right = pair.size() == 2 ? vocabulary.get(pair.get(1)) : null;
            Integer whole = vocabulary.get(String.join("", pair));
            if (left == null || right == null || whole == null) {
                throw bad("merge " + rank + " is " + merge + ", expected two pieces whose concatenation is a piece");
            }
            merges.add(rank++, left, right, whole);
        }
        String unknown = node.path("unk_token").asString("");
        return new MergeBpeModel(
                vocabulary,
                merges,
                node.path("byte_fallback").asBoolean(false),
                node.path("fuse_unk").asBoolean(false),
                node.path("ignore_merges").asBoolean(false),
                vocabulary.getOrDefault(unknown, -1));
    }

    /** Those of this file, and those that only {@code tokenizer_config.json} knows. */
    private List<AddedToken> added(TokenizerConfig config) {
        Map<Integer, AddedToken> added = new HashMap<>();
        for (JsonNode node : root.path("added_tokens")) {
            int id = id("added token " + node.path("content"), node.path("id"));
            added.put(id, TokenizerConfig.addedToken(file, id, node));
        }
        for (AddedToken token : config.addedTokens()) {
            added.putIfAbsent(token.id(), token);
        }
        return List.copyOf(added.values());
    }

    private UnaryOperator<String> normalizer(JsonNode node) {
        return switch (node.path("type").asString("")) {
            case "" -> text -> text;
            case "Sequence" -> {
                List<UnaryOperator<String>> steps = new ArrayList<>();
                node.path("normalizers").forEach(step -> steps.add(normalizer(step)));
                yield text -> {
                    String result = text;
                    for (UnaryOperator<String> step : steps) {
                        result = step.apply(result);
                    }
                    return result;
                };
            }
            case "Prepend" -> {
                String prefix = node.path("prepend").asString("");
                yield text -> text.isEmpty() ? text : prefix + text;
            }
            case "Replace" -> {
                String pattern = node.path("pattern").path("String").asString("");
                String content = node.path("content").asString("");
                if (pattern.isEmpty()) {
                    throw bad("normalizer Replace has pattern " + node.path("pattern") + ", expected a String");
                }
                yield text -> text.replace(pattern, content);
            }
            default -> throw unsupported("normalizer", node, "Sequence, Prepend or Replace");
        };
    }

    private PreTokenizer preTokenizer(JsonNode node) {
        return switch (node.path("type").asString("")) {
            case "" -> (text, atStart) -> List.of(text);
            case "Metaspace" -> metaspace(node);
            default -> throw unsupported("pre_tokenizer", node, "null or Metaspace");
        };
    }

    /** {@code pre_tokenizers/metaspace.rs}: unlike Prepend, no second ▁ where there is one already. */
    private static PreTokenizer metaspace(JsonNode node) {
        String symbol = node.path("replacement").asString(String.valueOf(Normalizer.SPACE_SYMBOL));
        String scheme = prependScheme(node);
        boolean split = node.path("split").asBoolean(true);
        return (text, atStart) -> {
            String spaced = text.replace(" ", symbol);
            boolean prepend = scheme.equals("always") || (scheme.equals("first") && atStart);
            String whole = prepend && !spaced.startsWith(symbol) ? symbol + spaced : spaced;
            return split ? splitBefore(whole, symbol) : List.of(whole);
        };
    }

    private static List<String> splitBefore(String text, String symbol) {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int next = text.indexOf(symbol, start + 1);
            int end = next < 0 ? text.length() : next;
            words.add(text.substring(start, end));
            start = end;
        }
        return words;
    }

    /** Before there were schemes there was a flag. */
    private static String prependScheme(JsonNode node) {
        return node.path("prepend_scheme")
                .asString(node.path("add_prefix_space").asBoolean(true) ? "always" : "never");
    }

    private LeadingSpace leadingSpace(JsonNode decoder) {
        return switch (decoder.path("type").asString("")) {
            case "Sequence" -> {
                for (JsonNode step : decoder.path("decoders")) {
                    if (leadingSpace(step) == LeadingSpace.STRIP_ONE) {
                        yield LeadingSpace.STRIP_ONE;
                    }
                }
                yield LeadingSpace.KEEP;
            }
            case "Strip" -> decoder.path("start").asInt(0) > 0 ? LeadingSpace.STRIP_ONE : LeadingSpace.KEEP;
            case "Metaspace" -> prependScheme(decoder).equals("never") ? LeadingSpace.KEEP : LeadingSpace.STRIP_ONE;
            case "", "Replace", "ByteFallback", "Fuse" -> LeadingSpace.KEEP;
            default ->
                throw unsupported("decoder", decoder, "Sequence, Replace, ByteFallback, Fuse, Strip or Metaspace");
        };
    }

    private void template(JsonNode node, List<Integer> before, List<Integer> after) {
        switch (node.path("type").asString("")) {
            case "" -> {}
            case "Sequence" -> node.path("processors").forEach(step -> template(step, before, after));
            case "TemplateProcessing" -> {
                boolean behind = false;
                for (JsonNode item : node.path("single")) {
                    if (item.has("Sequence")) {
                        behind = true;
                        continue;
                    }
                    String token = item.path("SpecialToken").path("id").asString("");
                    for (JsonNode id : node.path("special_tokens").path(token).path("ids")) {
                        (behind ? after : before).add(id("post_processor token " + token, id));
                    }
                }
            }
            default -> throw unsupported("post_processor", node, "null, Sequence or TemplateProcessing");
        }
    }

    private static Roles roles(TokenizerConfig config, List<AddedToken> added, MergeBpeModel model) {
        Map<String, Integer> ids = new HashMap<>(model.vocabulary());
        added.forEach(token -> ids.put(token.content(), token.id()));
        return new Roles(
                ids.getOrDefault(config.bosToken(), -1),
                ids.getOrDefault(config.eosToken(), -1),
                ids.getOrDefault(config.unkToken(), -1),
                ids.getOrDefault(config.padToken(), -1));
    }

    private int id(String what, JsonNode node) {
        int id = node.isInt() ? node.asInt() : -1;
        if (id < 0 || id > MAX_ID) {
            throw bad(what + " has id " + node + ", expected 0 to " + MAX_ID);
        }
        return id;
    }

    private IllegalArgumentException unsupported(String part, JsonNode node, String expected) {
        return bad(part + " is " + node.path("type") + ", expected " + expected);
    }

    private IllegalArgumentException bad(String reason) {
        return new IllegalArgumentException(file + ": " + reason);
    }
}

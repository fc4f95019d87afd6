package org.jocular.cli;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.weights.ModelPaths;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Text to ids and back, a line at a time. */
@Command(
        name = "tokenize",
        customSynopsis = "jocular tokenize --model DIR_OR_FILE [OPTIONS]",
        description = "Turn lines of text into token ids, or back with --decode.",
        footer = {
            "",
            "Examples:",
            "  echo 'A red circle' | jocular tokenize --model DIR",
            "  jocular tokenize --model tokenizer.model --jsonl < strings.jsonl > ids.jsonl"
        })
final class TokenizeCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Console console;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR_OR_FILE",
            description = "Model directory or tokenizer file, or the id of a model in the local Hugging Face cache.")
    String model = "";

    @Option(names = "--jsonl", description = "A JSON string a line in, a JSON array of ids a line out.")
    boolean jsonl;

    @Option(names = "--special", description = "Add the special tokens that the model puts around a text.")
    boolean special;

    @Option(names = "--decode", description = "The other way round; special tokens show with --special only.")
    boolean decode;

    TokenizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Tokenizer tokenizer = tokenizer();
        Lines lines = new Lines(console.in());
        for (String line = lines.next(); line != null; line = lines.next()) {
            console.out()
                    .print(
                            decode
                                    ? decoded(tokenizer, line, lines.number())
                                    : encoded(tokenizer, line, lines.number()));
            console.out().print('\n');
            if (!lines.isMoreThere()) {
                console.out().flush();
            }
        }
        return 0;
    }

    private Tokenizer tokenizer() {
        try {
            return Tokenizers.load(ModelPaths.resolve(model));
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()), e);
        }
    }

    private String encoded(Tokenizer tokenizer, String line, int number) {
        String text = jsonl ? json(line, number, String.class, "a JSON string") : line;
        int[] ids = special ? tokenizer.encode(text, true) : tokenizer.encode(text);
        String separator = jsonl ? "," : " ";
        String joined = IntStream.of(ids).mapToObj(Integer::toString).collect(Collectors.joining(separator));
        return jsonl ? "[" + joined + "]" : joined;
    }

    private String decoded(Tokenizer tokenizer, String line, int number) {
        int[] ids = jsonl ? json(line, number, int[].class, "a JSON array of ids") : ids(line, number);
        String text = tokenizer.decode(ids, !special);
        return jsonl ? MAPPER.writeValueAsString(text) : text;
    }

    private static <T> T json(String line, int number, Class<T> type, String expected) {
        try {
            // Jackson would take 1 for "1", and a string for an array of one.
            boolean fits = type == String.class
                    ? line.stripLeading().startsWith("\"")
                    : line.stripLeading().startsWith("[");
            T value = fits ? MAPPER.readValue(line, type) : null;
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            throw new BadInput(
                    "line %d of the standard input is not %s: %s".formatted(number, expected, e.getOriginalMessage()),
                    e);
        }
        throw new BadInput("line %d of the standard input is not %s".formatted(number, expected));
    }

    private static int[] ids(String line, int number) {
        try {
            return Arrays.stream(line.strip().split("[\\s,]+"))
                    .filter(word -> !word.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new BadInput("line %d of the standard input is not a list of ids".formatted(number), e);
        }
    }
}

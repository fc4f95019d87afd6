package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.cli.verify.Catalogue;
import org.jocular.cli.verify.Check.Generation;
import org.jocular.cli.verify.Check.Logits;
import org.jocular.cli.verify.Check.Recorded;
import org.jocular.cli.verify.Check.Required;
import org.jocular.cli.verify.PublicCheckpoint;
import org.jocular.cli.verify.PublishedPicture;
import org.jocular.cli.verify.Sizes;
import org.jocular.weights.Safetensors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The list of records, and a made-up checkpoint whose records are what the reference computed with the committed model. */
class VerifyCommandTest {
    private static final String MODEL = Cli.MODEL.toString();
    private static final JsonNode CASE = JsonMapper.shared()
            .readTree(Cli.MODEL.resolve("cases.json"))
            .path("cases")
            .path(0);
    private static final JsonNode GREEDY = CASE.path("generate").path(0);
    private static final List<Integer> IDS = ints(GREEDY.path("ids"));
    private static final String TEXT = GREEDY.path("text").asString();

    @TempDir
    private Path folder;

    private static List<Integer> ints(JsonNode list) {
        return list.valueStream().map(JsonNode::asInt).toList();
    }

    private static Generation generation(
            String id, JsonNode golden, List<Integer> start, List<Integer> ids, @Nullable Required required) {
        List<Integer> published = Stream.concat(start.stream(), ids.stream()).toList();
        return new Generation(
                id,
                List.of("wide"),
                CASE.path("text").asString(),
                JsonMapper.shared().convertValue(golden.path("settings"), new TypeReference<Map<String, Object>>() {}),
                true,
                List.of(new Recorded(
                        "float32",
                        "cases.json",
                        start,
                        published,
                        golden.path("text").asString())),
                required);
    }

    private static Generation passing() {
        return generation("passing", GREEDY, List.of(), IDS, null);
    }

    private static Generation differing() {
        List<Integer> ids = new ArrayList<>(IDS);
        ids.set(9, 3);
        return generation("differing", GREEDY, List.of(), ids, null);
    }

    private static Generation elsewhere() {
        return new Generation(
                "elsewhere",
                List.of("wide", "beach"),
                "",
                Map.of(),
                true,
                List.of(new Recorded("float32", "nowhere", List.of(), List.of(), "a beach")),
                null);
    }

    private static Catalogue catalogue(List<Logits> logits, Generation... generations) {
        PublicCheckpoint golden = new PublicCheckpoint(
                "nobody/golden", new Sizes("llava", "llama", 48, 3, 624, 40, 56), List.of(generations), logits);
        PublicCheckpoint other = new PublicCheckpoint(
                "nobody/other", new Sizes("blip2", "opt", 48, 3, 0, 40, 56), List.of(passing()), List.of());
        return new Catalogue(
                Map.of(
                        "wide", new PublishedPicture(List.of("none.jpg", "wide.png"), "wide", "http://wide", 0, 0),
                        "beach", new PublishedPicture(List.of("beach.jpg"), "a beach", "http://beach", 640, 480)),
                List.of(golden, other));
    }

    private static Cli.Result verify(Catalogue catalogue, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]), new PrintWriter(out), new PrintWriter(err), false, false);
        int status = new CommandLine(new VerifyCommand(console, () -> catalogue))
                .setExecutionExceptionHandler((e, command, result) -> Failures.report(e, console, false))
                .execute(args);
        return new Cli.Result(status, out.toString(), err.toString());
    }

    private static Cli.Result verifyGolden(Catalogue catalogue, String... more) {
        List<String> args = new ArrayList<>(List.of("--model", MODEL, "--images", MODEL));
        args.addAll(List.of(more));
        return verify(catalogue, args.toArray(String[]::new));
    }

    @Test
    void listsWhatItWouldCheckAndWhereThatIsRecorded() {
        Cli.Result result = Cli.run("verify");

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains(
                        """
                        Salesforce/blip2-opt-2.7b: blip2, opt of 2560 x 32, vision of 1408, pictures of 224 pixels
                        """,
                        """
                         beach-city
                          picture     demo.jpg: a woman and her dog on a beach; https://huggingface.co/datasets/hf-internal-testing/blip-test-image (demo.jpg)
                          prompt      "Question: which city is this? Answer:"
                          settings    eos_token_id=50118 max_new_tokens=11 prompt_counts=false
                          expected    "it's not a city, it's a beach", ids [24, 18, 45, 10, 343, 6, 24, 18, 10, 4105, 50118] after [2]
                          recorded    float16; transformers v4.42 (June 2024), tests/models/blip_2/test_modeling_blip_2.py, test_inference_opt
                          required    all of it
                        """,
                        """
                          expected    scores of the first rows [[-3.4684, -12.6759, 8.5067], [-5.1305, -12.2058, 7.9834], [-4.0632, -13.9285, 9.2327]]
                        """,
                        "prompt      \"USER: <image>\\nWhat is this? ASSISTANT:\"",
                        "required    it must begin with \"The image features two cats\" (made with 4-bit weights");
    }

    @Test
    void listsOneCheckpointAndSaysWhichPicturesAreThere() {
        Cli.Result result = verify(catalogue(List.of(), passing(), elsewhere()), "--as", "golden", "--images", MODEL);

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("nobody/golden", "\n passing (its pictures are here)\n", "\n elsewhere\n")
                .doesNotContain("nobody/other");
    }

    @Test
    void listsForPrograms() {
        JsonNode json =
                Cli.run("verify", "--as", "llava-hf/llava-1.5-7b-hf", "--json").json();

        assertThat(json.path("checkpoints").size()).isEqualTo(1);
        JsonNode cats = json.path("checkpoints").path(0).path("generations").path(6);
        assertThat(cats.path("id").asString()).isEqualTo("cats");
        assertThat(cats.path("prompt_counts").asBoolean()).isTrue();
        assertThat(cats.path("required").path("text").asString()).isEqualTo("The image features two cats");
        assertThat(json.path("pictures").path("cats").path("width").asInt()).isEqualTo(640);
    }

    @Test
    void passesWhatTheReferenceGenerated() {
        List<Generation> checks = new ArrayList<>();
        for (JsonNode golden : CASE.path("generate")) {
            checks.add(generation("n" + checks.size(), golden, List.of(), ints(golden.path("ids")), null));
        }
        checks.add(generation("start", GREEDY, List.of(1), IDS, null));

        Cli.Result result = verifyGolden(catalogue(List.of(), checks.toArray(Generation[]::new)));

        assertThat(result.status()).as(result.out()).isZero();
        assertThat(result.out())
                .startsWith(MODEL + " as nobody/golden, whose sizes it has\n")
                .contains("PASSED   start              14 of 14 ids and 5 of 5 words agree\n")
                .endsWith("%d passed, 0 differ, 0 only shown, 0 not run\n".formatted(checks.size()));
    }

    @Test
    void showsExpectedAndFoundWhereTheyDiffer() {
        Cli.Result result = verifyGolden(catalogue(List.of(), differing(), passing()));

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out())
                .contains("DIFFERS  differing          9 of 14 ids and 5 of 5 words agree\n")
                .contains("  expected    [98, 364, 359, 227, 537, 470, 499, 521, 177, 3, 517, 575, 171, 488]\n")
                .contains("  found       " + IDS + "\n")
                .contains("PASSED   passing")
                .endsWith("1 passed, 1 differ, 0 only shown, 0 not run\n");
    }

    @Test
    void holdsImpreciseRecordsToTheirBeginningOnly() {
        List<Integer> ids = differing().recorded().getFirst().ids();
        Generation beginning = generation("beginning", GREEDY, List.of(), ids, new Required(9, "", "8-bit"));
        Generation shown = generation("shown", GREEDY, List.of(), ids, new Required(0, "", "bfloat16"));

        Cli.Result result = verifyGolden(catalogue(List.of(), beginning, shown));

        assertThat(result.status()).as(result.out()).isZero();
        assertThat(result.out())
                .contains("PASSED   beginning          9 of 14 ids", "the first 9 ids must agree (8-bit)")
                .contains("SHOWN    shown              9 of 14 ids", "only shown (bfloat16)")
                .endsWith("1 passed, 0 differ, 1 only shown, 0 not run\n");
    }

    @Test
    void comparesScores() {
        Logits right = logits("right", 0);
        Logits wrong = logits("wrong", 0.02);

        Cli.Result result = verifyGolden(catalogue(List.of(right, wrong)));

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out())
                .contains("PASSED   right              off by at most 0.0000, allowed is 0.01 (F32)\n")
                .contains("DIFFERS  wrong              off by at most 0.0200, allowed is 0.01 (F32)\n");
    }

    private static Logits logits(String id, double off) {
        List<List<Double>> values;
        try (Arena arena = Arena.ofConfined()) {
            float[] trace = Safetensors.open(Cli.MODEL.resolve("case-1.safetensors"), arena)
                    .tensor("logits")
                    .toFloats();
            values = IntStream.range(0, 3)
                    .mapToObj(row -> IntStream.range(0, 3)
                            .mapToObj(i -> trace[624 * row + i] + off)
                            .toList())
                    .toList();
        }
        return new Logits(
                id,
                List.of("wide"),
                CASE.path("text").asString(),
                List.of(),
                List.of(),
                values,
                0.01,
                "float32",
                "cases.json",
                "F32");
    }

    @Test
    void saysWhichPicturesAreMissing() {
        Cli.Result result = verifyGolden(catalogue(List.of(), passing(), elsewhere()));

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("NOT RUN  elsewhere          not in ", "beach.jpg: a beach; http://beach\n")
                .endsWith("1 passed, 0 differ, 0 only shown, 1 not run\n");
    }

    @Test
    void nothingComparedIsNoSuccess() {
        String nothing = "not run: nothing could be compared, so nothing is proven\n";
        Generation shown = generation("shown", GREEDY, List.of(), IDS, new Required(0, "", "bfloat16"));

        Cli.Result lacking = verifyGolden(catalogue(List.of(), elsewhere()));
        Cli.Result vague = verifyGolden(catalogue(List.of(), shown));

        assertThat(lacking.status()).isEqualTo(2);
        assertThat(lacking.out()).endsWith("1 " + nothing);
        assertThat(vague.status()).isEqualTo(2);
        assertThat(vague.out()).endsWith("1 only shown, 0 " + nothing);
    }

    @Test
    void jsonIsOneObjectWithAllThatIsKnown() {
        Cli.Result result = verifyGolden(catalogue(List.of(), passing(), differing(), elsewhere()), "--json");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).hasLineCount(1);
        JsonNode json = result.json();
        assertThat(json.path("checkpoint").asString()).isEqualTo("nobody/golden");
        assertThat(json.path("recognised_by").asString()).isEqualTo("sizes");
        assertThat(List.of(
                        json.path("passed").asInt(),
                        json.path("differs").asInt(),
                        json.path("shown").asInt(),
                        json.path("not_run").asInt()))
                .containsExactly(1, 1, 0, 1);
        assertThat(json.path("checks").path(0).path("found").path("text").asString())
                .isEqualTo(TEXT);
        assertThat(json.path("checks").path(1).path("verdict").asString()).isEqualTo("DIFFERS");
        assertThat(json.path("checks").path(2).path("verdict").asString()).isEqualTo("NOT RUN");
        assertThat(json.path("settings").path("dtype").asString()).isEqualTo("F16");
    }

    private static void refused(Cli.Result result, String... words) {
        assertThat(result.err()).startsWith("jocular: ").contains(words).hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void refusesModelsThatItCannotRecognise() throws IOException {
        refused(Cli.run("verify", "--model", MODEL), "config.json has the sizes of no checkpoint", "--as NAME");
        refused(Cli.run("verify", "--model", folder.toString()), "has no config.json to recognise it by");
        refused(Cli.run("verify", "--model", "no/such/model"), "\"no/such/model\"");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mplug-owl\"}");
        refused(Cli.run("verify", "--model", folder.toString()), "is of no system or layout with records");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": ");
        refused(Cli.run("verify", "--model", folder.toString()), "config.json is not valid JSON");
        refused(
                Cli.run("verify", "--model", Cli.MODEL.resolve("config.json").toString()),
                "has no config.json to recognise it by");
    }

    @ParameterizedTest
    @CsvSource({
        "--as, gpt-5, '--as is gpt-5, expected one of nobody/golden, nobody/other'",
        "--as, other, '--as is nobody/other, which is a blip2, but'",
        "--images, no/such/folder, '--images is no/such/folder, expected a directory'",
        "--device, gpu, --device gpu is not there",
        "--threads, 0, --threads is 0"
    })
    void refuses(String option, String value, String expected) {
        List<String> args = new ArrayList<>(List.of("--model", MODEL, option, value));
        if (!option.equals("--images")) {
            args.addAll(List.of("--images", MODEL));
        }

        refused(verify(catalogue(List.of(), passing()), args.toArray(String[]::new)), expected);
    }

    @Test
    void refusesPicturesThatAreBrokenOrOthers() throws IOException {
        Files.copy(Cli.MODEL.resolve("wide.png"), folder.resolve("wide.png"));
        Path beach = folder.resolve("beach.jpg");
        String[] args = {"--model", MODEL, "--images", folder.toString()};

        Files.writeString(beach, "I am no beach.\n");
        refused(verify(catalogue(List.of(), elsewhere()), args), "beach.jpg", "is not a picture");
        Files.copy(Cli.MODEL.resolve("tall.png"), beach, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refused(
                verify(catalogue(List.of(), elsewhere()), args),
                "beach.jpg has ",
                "but the recorded picture (a beach) has 640 x 480");
    }

    @Test
    void hasHelp() {
        Cli.Result result = Cli.run("verify", "--help");

        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("Usage: jocular verify").contains("--debug", "Exit status");
    }
}

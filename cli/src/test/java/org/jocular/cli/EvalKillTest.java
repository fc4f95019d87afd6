package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jocular eval} in processes of its own that are killed, and in shards. */
class EvalKillTest {
    private static final int KILLS = 20;

    @TempDir
    private Path temp;

    private final List<String> what = new ArrayList<>();

    private void makeData() {
        Path data = temp.resolve("data");
        TinyBenchmarks.write(data);
        what.addAll(List.of("--model", "../models/golden-llava", "--data", data.toString()));
        what.addAll(List.of("--task", "vsr,llava-bench", "--wording", "vsr=lavis", "--judge", "local"));
        what.addAll(List.of("--limit", "24", "--max-new-tokens", "8", "--batch", "8", "--threads", "1"));
    }

    @Test
    void killedAtAnyMomentItEndsWithTheSameBytes() throws Exception {
        makeData();
        Path undisturbed = temp.resolve("undisturbed");
        long begin = System.nanoTime();
        Process whole = start(undisturbed);
        assertThat(whole.waitFor()).as("%s", stderr()).isZero();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Map<String, String> expected = files(undisturbed);
        assertThat(expected).containsKeys("answers.jsonl", "results.json", "samples_llava-bench.jsonl", "report.html");

        Random random = new Random(17);
        Path out = temp.resolve("killed-0");
        int kills = 0;
        int restarts = 0;
        while (kills < KILLS) {
            Process process = start(out);
            if (process.waitFor((long) (millis * (0.1 + 0.9 * random.nextDouble())), TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue()).as(stderr()).isZero();
                assertThat(files(out)).isEqualTo(expected);
                out = temp.resolve("killed-" + ++restarts);
            } else {
                process.destroyForcibly().waitFor();
                kills++;
            }
        }
        assertThat(start(out).waitFor()).isZero();
        assertThat(files(out)).isEqualTo(expected);
    }

    @Test
    void shardsMakeTheSameRun() throws Exception {
        makeData();
        Path whole = temp.resolve("whole");
        assertThat(start(whole).waitFor()).isZero();
        for (int shards : new int[] {2, 4}) {
            List<String> merge = new ArrayList<>(List.of("merge"));
            for (int shard = 1; shard <= shards; shard++) {
                Path part = temp.resolve("part-%d-%d".formatted(shard, shards));
                assertThat(start(part, "--shard", shard + "/" + shards).waitFor())
                        .isZero();
                merge.add(part.toString());
            }
            Path merged = temp.resolve("merged-" + shards);
            merge.addAll(List.of("--data", temp.resolve("data").toString(), "--out", merged.toString()));
            merge.addAll(List.of("--judge", "local"));
            Cli.Result result = Cli.run(merge.toArray(String[]::new));
            assertThat(result.status()).as(result.err()).isZero();
            assertThat(files(merged)).isEqualTo(files(whole));
        }
    }

    private Process start(Path out, String... further) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("--add-exports=java.base/jdk.internal.module=ALL-UNNAMED"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Djava.awt.headless=true"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.jocular.cli.Launch", "eval"));
        command.addAll(what);
        command.addAll(List.of("--out", out.toString()));
        command.addAll(List.of(further));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(temp.resolve("stderr.txt").toFile())
                .start();
    }

    private String stderr() throws IOException {
        return Files.readString(temp.resolve("stderr.txt"));
    }

    /** All files of a run but what the vision tower made, as text by name. */
    private static Map<String, String> files(Path run) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(run)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = run.relativize(file).toString();
                if (!name.startsWith("features")) {
                    files.put(name, Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}

package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jocular.train.world.WorldFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jocular train} in processes of its own that are killed. */
class TrainKillTest {
    private static final int KILLS = 10;

    /** A language model with an oracle, then an eye for it. */
    private static final String RECIPE = """
            {"name": "small", "stages": [
            {"name": "language", "model": "tiny:language", "train": {"model": 1, "oracle": 1}, "pictures": "oracle",
             "data": [{"format": "world", "mix": "easy"}], "prompt": "world", "batch": 2, "steps": 150, "rate": 2e-3,
             "warmup": 10, "clip": 1, "seed": 1},
            {"name": "llava", "model": "tiny:llava", "start": [{"part": "language_model", "from": "language"}],
             "train": {"multi_modal_projector": 1, "vision_tower": 1},
             "data": [{"format": "llava", "files": ["training/detail.json"], "images": ["training/images"]}],
             "prompt": "world", "batch": 2, "steps": 60, "rate": 2e-3, "clip": 1, "seed": 1}
            ]}""";

    @TempDir
    private Path temp;

    @Test
    void killedAtAnyMomentItEndsWithTheSameBytes() throws Exception {
        WorldFiles.write(temp.resolve("world"), new WorldFiles.Sizes(20, 2, 1, 1), 1, (files, all) -> {});
        Files.writeString(temp.resolve("recipe.json"), RECIPE);
        Path undisturbed = temp.resolve("undisturbed");
        long begin = System.nanoTime();
        assertThat(start(undisturbed).waitFor()).as("%s", stderr()).isZero();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Map<String, ByteBuffer> expected = files(undisturbed);
        assertThat(expected)
                .containsKeys(
                        "language/model.safetensors",
                        "language/oracle.safetensors",
                        "llava/model.safetensors",
                        "llava/metrics.jsonl",
                        "llava/loss.svg");

        Random random = new Random(17);
        Path out = temp.resolve("killed-0");
        int kills = 0;
        int finished = 0;
        while (kills < KILLS) {
            Process process = start(out);
            if (process.waitFor((long) (millis * (0.2 + 0.6 * random.nextDouble())), TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue()).as(stderr()).isZero();
                assertThat(files(out)).isEqualTo(expected);
                out = temp.resolve("killed-" + ++finished);
            } else {
                process.destroyForcibly().waitFor();
                kills++;
            }
        }
        assertThat(start(out).waitFor()).as(stderr()).isZero();
        assertThat(files(out)).isEqualTo(expected);
    }

    private Process start(Path out) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("--add-exports=java.base/jdk.internal.module=ALL-UNNAMED"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Djava.awt.headless=true"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.jocular.cli.Launch", "train"));
        command.addAll(List.of("--recipe", temp.resolve("recipe.json").toString()));
        command.addAll(List.of("--data", temp.resolve("world").toString(), "--out", out.toString()));
        command.addAll(List.of("--threads", "2", "--save-every", "0.3"));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(temp.resolve("stderr.txt").toFile())
                .start();
    }

    private String stderr() throws IOException {
        return Files.readString(temp.resolve("stderr.txt"));
    }

    /** All files of a training but those that say how long it took. */
    private static Map<String, ByteBuffer> files(Path out) {
        Map<String, ByteBuffer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(out)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("stage.json")) {
                    files.put(out.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}

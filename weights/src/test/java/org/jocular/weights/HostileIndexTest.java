package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Indexes that name what is not there or should not be read, beside two good shards, {@code 1.bin} and {@code 2.bin}. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileIndexTest {
    private static final String INDEX = "pytorch_model.bin.index.json";

    @TempDir
    private Path folder;

    /** @param at the file that the sentence begins with */
    private record Case(String name, String json, String at, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> indexes() {
        String outside = "expected the name of a file in the same folder";
        String bomb = "{\"weight_map\":" + "[".repeat(1 << 20);
        return Stream.of(
                new Case(
                        "a good shard left out",
                        map("'a':'1.bin','b':'1.bin'"),
                        "1.bin",
                        "lacks tensor \"b\", which " + INDEX),
                new Case(
                        "a tensor in another shard",
                        map("'a':'2.bin','b':'2.bin'"),
                        "2.bin",
                        "lacks tensor \"a\", which"),
                new Case(
                        "shards the wrong way round",
                        map("'a':'2.bin','b':'1.bin'"),
                        "1.bin",
                        "has tensor \"a\", which " + INDEX + " places in \"2.bin\""),
                new Case(
                        "a tensor that is not named",
                        map("'c':'1.bin','b':'2.bin'"),
                        "1.bin",
                        "has tensor \"a\", which " + INDEX + " does not name"),
                new Case(
                        "a missing shard",
                        map("'a':'1.bin','b':'3.bin'"),
                        INDEX,
                        "places tensor \"b\" in \"3.bin\", which is missing"),
                new Case("a shard above", map("'a':'../1.bin'"), INDEX, outside),
                new Case("a shard below", map("'a':'x/1.bin'"), INDEX, outside),
                new Case("a shard at the root", map("'a':'/etc/passwd'"), INDEX, outside),
                new Case("a shard of another system", map("'a':'..\\\\1.bin'"), INDEX, outside),
                new Case("the folder above", map("'a':'..'"), INDEX, outside),
                new Case("the folder itself", map("'a':'.'"), INDEX, outside),
                new Case("no shard", map("'a':''"), INDEX, outside),
                new Case("a name with a zero", map("'a':'1.bin\\u0000'"), INDEX, outside),
                new Case("itself as a shard", map("'a':'" + INDEX + "'"), INDEX, "names a header of"),
                new Case("a shard that is a folder", map("'a':'folder'"), "folder", "cannot be read"),
                new Case(
                        "a shard that is text", map("'a':'text.bin'"), "text.bin", "is neither a safetensors file nor"),
                new Case("a number for a shard", map("'a':1"), INDEX, "weight_map.a = 1, expected text"),
                new Case("null for a shard", map("'a':null"), INDEX, "lacks weight_map.a"),
                new Case("a list for a shard", map("'a':['1.bin']"), INDEX, "weight_map.a = a list, expected text"),
                new Case("no tensors", map(""), INDEX, "has an empty weight_map"),
                new Case("no map", "{}", INDEX, "lacks weight_map"),
                new Case("a list for a map", "{\"weight_map\": [1]}", INDEX, "weight_map = a list, expected an object"),
                new Case("a list", "[]", INDEX, "holds a list, expected a JSON object"),
                new Case("nothing", "", INDEX, "expected a JSON object"),
                new Case("no JSON", "weight_map", INDEX, "is not valid JSON"),
                new Case("a map cut short", "{\"weight_map\": {\"a\":", INDEX, "is not valid JSON"),
                new Case("a million lists", bomb, INDEX, "is not valid JSON"));
    }

    /** JSON's quotes are written as single ones. */
    private static String map(String entries) {
        return "{\"metadata\": {}, \"weight_map\": {%s}}".formatted(entries.replace('\'', '"'));
    }

    @BeforeEach
    void writeShards() throws IOException {
        for (String name : new String[] {"a", "b"}) {
            byte[] pickle = Pickle.begin()
                    .ops("}")
                    .text(name)
                    .vector("HalfStorage", "0", 2)
                    .ops("s")
                    .stop();
            Crafted.write(
                    folder.resolve(name.equals("a") ? "1.bin" : "2.bin"),
                    Zip.torch(pickle, new byte[4]).bytes());
        }
        Crafted.write(folder.resolve("text.bin"), "nothing");
        Files.createDirectory(folder.resolve("folder"));
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void isRefusedInOneSentence(Case index) throws IOException {
        Crafted.write(folder.resolve(INDEX), index.json);
        Sentences.assertOneLine(() -> Checkpoint.open(folder).close(), folder.resolve(index.at), index.reason);
        assertThat(Hostile.allocatedByOpening(folder)).isLessThan(32L << 20);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(5);
        }
    }
}

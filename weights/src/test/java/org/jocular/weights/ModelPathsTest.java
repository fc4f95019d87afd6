package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPathsTest {
    @TempDir
    private Path folder;

    @Test
    void whatExistsIsTakenAsItIs() throws IOException {
        assertThat(ModelPaths.resolve(folder.toString())).isEqualTo(folder);
        Path file = Files.createFile(folder.resolve("x.safetensors"));
        assertThat(ModelPaths.resolve(file.toString())).isEqualTo(file);
    }

    @Test
    void cachesAreAskedInOrder() throws IOException {
        Map<String, String> environment = Map.of(
                "HF_HUB_CACHE",
                folder.resolve("first").toString(),
                "HF_HOME",
                folder.resolve("second").toString());
        ModelPaths paths = new ModelPaths(environment, folder.resolve("home"));
        Path third = snapshot(folder.resolve("home/.cache/huggingface/hub"), "aaa");
        assertThat(paths.find("org/name")).isEqualTo(third);
        Path second = snapshot(folder.resolve("second/hub"), "bbb");
        assertThat(paths.find("org/name")).isEqualTo(second);
        Path first = snapshot(folder.resolve("first"), "ccc");
        assertThat(paths.find("org/name")).isEqualTo(first);
    }

    @Test
    void theOnlySnapshotNeedsNoReference() throws IOException {
        Path snapshot = snapshot(folder.resolve(".cache/huggingface/hub"), "abc");
        Files.delete(folder.resolve(".cache/huggingface/hub/models--org--name/refs/main"));
        ModelPaths paths = new ModelPaths(Map.of(), folder);
        assertThat(paths.find("org/name")).isEqualTo(snapshot);
        Files.createDirectory(snapshot.resolveSibling("def"));
        assertThatThrownBy(() -> paths.find("org/name"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("has no refs/main and 2 snapshots");
    }

    @Test
    void whatIsNowhereIsNamedWithThePlacesThatWereSearched() {
        Path cache = folder.resolve(".cache/huggingface/hub");
        ModelPaths paths = new ModelPaths(Map.of(), folder);
        assertThatThrownBy(() -> paths.find("org/name"))
                .isInstanceOf(BadInput.class)
                .hasMessage("\"org/name\" is neither an existing file or directory nor in the Hugging Face cache "
                        + "(looked in " + cache + "); nothing is downloaded");
        for (String wrong :
                new String[] {"name", "a/b/c", "../name", "org/..", "", " ", "org/na me", "/x", "a\0b", "x\ny"}) {
            assertThatThrownBy(() -> paths.find(wrong))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("nor a hub id such as org/name")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        }
    }

    @Test
    void aDamagedCacheIsNamed() throws IOException {
        Path cache = folder.resolve(".cache/huggingface/hub");
        Path main = cache.resolve("models--org--name/refs/main");
        Files.delete(snapshot(cache, "abc"));
        ModelPaths paths = new ModelPaths(Map.of(), folder);
        Sentences.assertOneLine(() -> paths.find("org/name"), main, "names the snapshot \"abc\", which is missing");
        Files.writeString(main, "../../../x");
        Sentences.assertOneLine(() -> paths.find("org/name"), main, "holds \"../../../x\", expected a revision");
    }

    private static Path snapshot(Path cache, String revision) throws IOException {
        Path repository = cache.resolve("models--org--name");
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), revision);
        return Files.createDirectories(repository.resolve("snapshots").resolve(revision));
    }
}

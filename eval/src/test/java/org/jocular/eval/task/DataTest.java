package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where pictures are found. */
class DataTest {
    @TempDir
    private Path root;

    private Data data() {
        return new Data(root, root.resolve("embedded"), "vsr");
    }

    @BeforeEach
    void pictures() throws IOException {
        Files.createDirectories(root.resolve("vsr/images"));
        Files.createDirectories(root.resolve("train2017"));
        for (String name : new String[] {
            "vsr/images/1.png",
            "vsr/images/2.png",
            "vsr/images/2.jpg",
            "vsr/images/3.png",
            "train2017/3.jpg",
            "vsr/4.png"
        }) {
            Files.createFile(root.resolve(name));
        }
    }

    @Test
    void aPngWillDoInPlaceOfAJpeg() {
        Data data = data();
        assertThat(data.picture("1.jpg")).isEqualTo("vsr/images/1.png");
        assertThat(data.picture("images/1.JPEG")).isEqualTo("vsr/images/1.png");
        assertThat(data.picture("COCO_1.jpg", "1.jpg")).isEqualTo("vsr/images/1.png");
        data.requirePictures();
    }

    @Test
    void theExactNameComesFirst() {
        Data data = data();
        assertThat(data.picture("2.jpg")).isEqualTo("vsr/images/2.jpg");
        assertThat(data.picture("3.jpg")).as("in whatever folder").isEqualTo("train2017/3.jpg");
        assertThat(data.picture("9.jpg", "3.jpg")).isEqualTo("train2017/3.jpg");
    }

    @Test
    void noOtherNameWillDo() {
        Data data = data();
        assertThat(data.picture("5.jpg", "5.jpeg")).isEqualTo("5.jpg");
        assertThat(data.picture("4.webp")).isEqualTo("4.webp");
        assertThat(data.picture("4.jpg.gz")).isEqualTo("4.jpg.gz");
        assertThatThrownBy(data::requirePictures).isInstanceOf(BadInput.class).hasMessageContaining("such as 5.jpg");
        assertThat(data.picture("4.jpg")).isEqualTo("vsr/4.png");
    }
}

package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.eval.data.Parquet;
import org.jocular.eval.data.Row;
import org.jocular.eval.data.Tsv;
import org.jocular.eval.metrics.ScienceQa;
import org.jocular.eval.metrics.ScienceQa.Problem;
import org.jocular.eval.metrics.ScienceQaFiles;
import org.jocular.eval.metrics.ScienceQaFiles.Item;

/** ScienceQA's test split in all the forms in which it is published. */
final class ScienceQaSource {
    // Shorter than this is no picture, but the index of the row that has it: vlmeval/dataset/image_base.py.
    private static final int LONGEST_INDEX = 64;

    private ScienceQaSource() {}

    /** Items whose image is what {@link Sample#picture} says. */
    static void read(Data data, Consumer<Item> each) {
        Path problems = data.fileOrNull("problems.json");
        Path llava = data.fileOrNull("llava_test_CQM-A.json");
        if (problems != null) {
            ScienceQaFiles.readProblems(problems, data.file("pid_splits.json"), "test")
                    .forEach(item -> each.accept(withPicture(data, item)));
            return;
        }
        if (llava != null) {
            ScienceQaFiles.readLlava(llava).forEach(item -> each.accept(withPicture(data, item)));
            return;
        }
        List<Path> tables = tables(data);
        if (!tables.isEmpty()) {
            int[] number = {0};
            Parquet.rows(tables, row -> {
                String picture =
                        row.has("image") ? data.embedded(row.object("image").bytes("bytes")) : null;
                each.accept(Item.of(Integer.toString(number[0]++), row, picture));
            });
            return;
        }
        readTsv(data, each);
    }

    private static List<Path> tables(Data data) {
        for (String config : List.of("ScienceQA-FULL", "ScienceQA-IMG")) {
            List<Path> tables = data.tables("test", config);
            if (!tables.isEmpty()) {
                return tables;
            }
        }
        return data.tables("test", null);
    }

    private static Item withPicture(Data data, Item item) {
        String image = item.image();
        String picture = image == null ? null : data.picture("images/test/" + image, "test/" + image, image);
        return new Item(item.problem(), item.question(), item.hint(), item.lecture(), item.choices(), picture);
    }

    /** VLMEvalKit's table: options in columns of their letters, pictures in Base64, or the index of the row that has the same. */
    private static void readTsv(Data data, Consumer<Item> each) {
        Map<String, String> pictures = new HashMap<>();
        Path file = data.file(
                "problems.json", "llava_test_CQM-A.json", "test-00000-of-00001.parquet", "ScienceQA_TEST.tsv");
        Tsv.rows(file, row -> {
            String id = row.id("index");
            String image = row.text("image");
            String picture = image.length() <= LONGEST_INDEX ? pictures.get(image) : data.embedded(row.bytes("image"));
            if (picture == null) {
                throw row.bad("has the image of row %s, which is not above".formatted(Row.quote(image)));
            }
            pictures.put(id, picture);
            List<String> choices = new ArrayList<>();
            for (String letter : ScienceQa.OPTIONS) {
                if (row.has(letter)) {
                    choices.add(row.text(letter));
                }
            }
            int answer = ScienceQa.OPTIONS.indexOf(row.text("answer"));
            if (answer < 0 || answer >= choices.size()) {
                throw row.wrong("answer", "the letter of one of %d options".formatted(choices.size()));
            }
            String hint = row.has("hint") ? row.text("hint") : "";
            Problem problem = new Problem(id, choices.size(), answer, !hint.isEmpty(), true, null, null);
            each.accept(new Item(problem, row.text("question"), hint, null, choices, picture));
        });
    }
}

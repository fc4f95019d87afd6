package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.cli.attention.HeatMap;
import org.jocular.cli.attention.PictureAttention;
import org.jocular.llama.Answer;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.Executor;
import org.jocular.train.world.Colour;
import org.jocular.train.world.Question;
import org.jocular.train.world.Statement;
import org.jocular.vit.Picture;

/** What a model that has learned something says about a scene, beside the truth. */
final class DemoTalk {
    /** So many maps fit beside each other. */
    private static final int MAPS = 4;

    private static final int MAP_WIDTH = 288;

    private final DemoPrinter show;
    private final Console console;
    private final DemoScene scene;

    DemoTalk(DemoPrinter show, DemoScene scene) {
        this.show = show;
        this.console = show.console();
        this.scene = scene;
    }

    void questions(DemoPath path, VisualTokens seen) {
        show.stage("questions");
        for (Question question : scene.questions()) {
            show.begin("%-34s ".formatted(question.text()));
            String answer = path.stream(seen, path.text(question.text())).text().strip();
            show.end("  " + verdict(answer.equals(question.answer()), question.answer()));
        }
    }

    private String verdict(boolean right, String truth) {
        return right ? console.good("right") : console.bad("no, " + truth);
    }

    void statements(DemoPath path, VisualTokens seen) {
        show.stage("statements");
        SequencedMap<Statement, Double> probabilities = new LinkedHashMap<>();
        for (Statement statement : scene.statements()) {
            probabilities.put(statement, path.probability(seen, statement.text(), "true", "false"));
        }
        probabilities.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(one -> {
                    boolean holds = one.getKey().holds();
                    show.line(
                            "%5.1f %% true   %-52s %s",
                            100 * one.getValue(),
                            one.getKey().text(),
                            verdict(one.getValue() > 0.5 == holds, holds ? "it is" : "it is not"));
                });
    }

    /** Where it looked for the colour of each thing that it described; for all of its answer where it named none. */
    void attention(VisionLanguageModel vlm, Executor executor, Picture picture, String text, Answer answer, Path file) {
        show.stage("attention");
        PictureAttention looked = PictureAttention.of(vlm, executor, picture, text, answer.ids());
        List<String> words = new ArrayList<>();
        List<double[]> maps = new ArrayList<>();
        for (PictureAttention.OfToken token : looked.tokens()) {
            String word = vlm.tokenizer().decode(new int[] {token.id()}, true).strip();
            if (maps.size() < MAPS
                    && Colour.ALL.stream().anyMatch(colour -> colour.word().equals(word))) {
                words.add(word);
                maps.add(token.patches());
            }
        }
        if (maps.isEmpty()) {
            words.add("all of it");
            maps.add(looked.patches());
        }
        show.line("where it looked when it said");
        columns(words, looked.side());
        List<List<String>> characters =
                maps.stream().map(map -> HeatMap.characters(map, looked.side())).toList();
        for (int row = 0; row < looked.side(); row++) {
            int at = row;
            columns(characters.stream().map(lines -> "|" + lines.get(at) + "|").toList(), looked.side());
        }
        Picture given = vlm.imageProcessor().prepared(picture);
        Drawing.write(HeatMap.beside(given, maps, looked.side(), MAP_WIDTH), file);
        show.line("in colours: %s", file);
    }

    private void columns(List<String> cells, int side) {
        StringBuilder line = new StringBuilder();
        cells.forEach(cell -> line.append(("%-" + (2 * side + 5) + "s").formatted(cell)));
        show.text(line.toString().stripTrailing());
    }
}

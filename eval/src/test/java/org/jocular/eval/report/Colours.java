package org.jocular.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jocular.eval.metrics.Scores;
import org.jocular.eval.task.Answered;
import org.jocular.eval.task.Data;
import org.jocular.eval.task.Result;
import org.jocular.eval.task.Sample;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Wording;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/** A benchmark of the tests: an answer is right if it is the target, and each category is a figure. */
record Colours(String name, String title) implements Task {
    static final Colours TASK = new Colours("colours", "Colours");

    static Sample sample(String id, @Nullable String picture, String question, String target, String category) {
        return new Sample(
                id,
                picture,
                question,
                List.of(),
                target,
                category,
                JsonNodeFactory.instance.objectNode().put("question_id", id));
    }

    static Sample ranked(String id, String picture, String question, List<String> candidates, String target) {
        return new Sample(
                id,
                picture,
                question,
                candidates,
                target,
                "ranked",
                JsonNodeFactory.instance.objectNode().put("question_id", id));
    }

    @Override
    public List<Wording> wordings() {
        return List.of(new Wording(Wording.LLAVA, "nowhere", Map.of()));
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String reading(Answered answered) {
        return answered.answer().strip().toLowerCase(Locale.ROOT);
    }

    @Override
    public Scoring scoring() {
        List<Boolean> rows = new ArrayList<>();
        List<String> categories = new ArrayList<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                rows.add(reading(answered).equals(answered.sample().target()));
                categories.add(String.valueOf(answered.sample().category()));
            }

            @Override
            public Result result() {
                boolean[] correct = new boolean[rows.size()];
                for (int i = 0; i < correct.length; i++) {
                    correct[i] = rows.get(i);
                }
                LinkedHashMap<String, Double> metrics = new LinkedHashMap<>();
                metrics.put("accuracy", percent(null));
                Set<String> kinds = new LinkedHashSet<>(categories);
                kinds.forEach(kind -> metrics.put("relation." + kind, percent(kind)));
                return Result.ofAccuracy(new Scores(name, metrics, rows.size(), List.of()), correct);
            }

            private double percent(@Nullable String category) {
                int n = 0;
                int right = 0;
                for (int i = 0; i < rows.size(); i++) {
                    if (category == null || categories.get(i).equals(category)) {
                        n++;
                        right += rows.get(i) ? 1 : 0;
                    }
                }
                return 100.0 * right / n;
            }
        };
    }
}

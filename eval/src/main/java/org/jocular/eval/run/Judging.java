package org.jocular.eval.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jocular.eval.judge.Judge;
import org.jocular.eval.judge.Reviewer;
import org.jocular.eval.task.JudgedTask;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Tasks;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Has the free answers of a finished run reviewed. What a judge said once is kept, also when another judge is asked later. */
public final class Judging {
    private Judging() {}

    /**
     * Asks a judge about all answers that he has not reviewed, and makes him the judge of the run.
     *
     * @param reviewed is called for each new review
     * @return the run as he judged it
     * @throws InterruptedException if the thread was interrupted; what was reviewed is kept
     */
    public static RunFolder review(RunFolder run, Judge judge, Runnable reviewed) throws InterruptedException {
        SequencedMap<String, Object> by = new LinkedHashMap<>();
        by.put("label", judge.label());
        by.putAll(judge.settings());
        run = run.judgedBy(by, List.of());
        Path file = RunFolder.reviews(run.dir(), by);
        List<String> notes = new ArrayList<>();
        try (Journal journal = new Journal(file)) {
            for (String name : run.tasks()) {
                Task task = Tasks.named(name);
                if (task instanceof JudgedTask judged) {
                    try (Stream<Outcome> outcomes = run.outcomes(name)) {
                        Iterable<Reviewer.Item<Integer>> items = items(outcomes, judged)::iterator;
                        Reviewer.Summary summary = Reviewer.review(judge, items, (number, review) -> {
                            journal.append(line(number, review));
                            reviewed.run();
                        });
                        summary.notes().forEach(note -> notes.add(name + ": " + note));
                    }
                }
            }
        }
        Journal.sort(file);
        notes.addAll(judge.notes());
        return run.judgedBy(by, notes);
    }

    private static Stream<Reviewer.Item<Integer>> items(Stream<Outcome> outcomes, JudgedTask task) {
        return outcomes.<Reviewer.Item<Integer>>mapMulti((outcome, items) -> {
            if (outcome.answered() != null && outcome.answered().review() == null) {
                items.accept(new Reviewer.Item<>(
                        outcome.entry().number(),
                        task.name(),
                        outcome.entry().sample().id(),
                        task.question(outcome.answered())));
            }
        });
    }

    private static ObjectNode line(int number, String review) {
        return JsonNodeFactory.instance.objectNode().put("n", number).put("review", review);
    }
}

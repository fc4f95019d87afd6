package org.jocular.eval.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.LlavaBench;
import org.jocular.eval.metrics.LlavaBench.Marks;
import org.jocular.eval.metrics.LlavaBench.Mode;
import org.jocular.eval.metrics.LlavaBench.Review;
import org.jocular.eval.metrics.Scores;

/** Adds up the marks of both editions of LLaVA-Bench; answers that got no review are in no mean. */
final class LlavaBenchScoring implements Task.Scoring {
    /** In the order of tables. */
    private static final List<String> CATEGORIES = List.of("complex", "conv", "detail", "all");

    private final String task;
    private final String prefix;
    private final List<Review> reviews = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();
    private int answers;

    /**
     * @param task   the benchmark's name
     * @param prefix what reviews put before the category
     */
    LlavaBenchScoring(String task, String prefix) {
        this.task = task;
        this.prefix = prefix;
    }

    @Override
    public void add(Answered answered) {
        if (answered.review() != null) {
            reviews.add(new Review(
                    answered.sample().id(),
                    answered.sample().doc().get("category").stringValue(),
                    LlavaBench.parse(answered.review())));
            rows.add(answers);
        }
        answers++;
    }

    @Override
    public Result result() {
        if (reviews.isEmpty()) {
            String note = "not judged: none of the %d answers has a review".formatted(answers);
            return new Result(new Scores(task, new LinkedHashMap<>(), 0, List.of(note)), List.of(), columns());
        }
        Scores original = LlavaBench.score(reviews, Mode.ORIGINAL);
        SequencedMap<String, Double> metrics = new LinkedHashMap<>(original.metrics());
        List<Review> marked = reviews.stream()
                .filter(review -> !review.marks().equals(Marks.FAILED))
                .toList();
        LlavaBench.summarize(marked, Mode.STRICT)
                .forEach((category, summary) -> metrics.put("strict." + category, summary.relative()));
        List<String> notes = new ArrayList<>(original.notes());
        if (reviews.size() < answers) {
            notes.add("%d of %d answers have no review and are left out".formatted(answers - reviews.size(), answers));
        }
        return new Result(new Scores(task, metrics, reviews.size(), notes), headlines(), columns());
    }

    /** Of each category the sum of the candidate's marks in percent of the reference's, failures being -1 each as in the original. */
    private List<Result.Headline> headlines() {
        List<Result.Headline> headlines = new ArrayList<>();
        for (String category : CATEGORIES) {
            double[] candidate = new double[answers];
            double[] reference = new double[answers];
            boolean any = false;
            for (int i = 0; i < reviews.size(); i++) {
                Review review = reviews.get(i);
                if (category.equals("all") || (prefix + category).equals(review.category())) {
                    candidate[rows.get(i)] = 100 * review.marks().second();
                    reference[rows.get(i)] = review.marks().first();
                    any = true;
                }
            }
            if (any) {
                headlines.add(new Result.Headline(
                        LlavaBench.title(category), ClusterBootstrap.ratio(candidate, reference), null));
            }
        }
        return headlines;
    }

    private SequencedMap<String, double[]> columns() {
        double[] reference = new double[answers];
        double[] candidate = new double[answers];
        Arrays.fill(reference, Double.NaN);
        Arrays.fill(candidate, Double.NaN);
        for (int i = 0; i < reviews.size(); i++) {
            Marks marks = reviews.get(i).marks();
            if (!marks.equals(Marks.FAILED)) {
                reference[rows.get(i)] = marks.first();
                candidate[rows.get(i)] = marks.second();
            }
        }
        SequencedMap<String, double[]> columns = new LinkedHashMap<>();
        columns.put("reference mark", reference);
        columns.put("candidate mark", candidate);
        return columns;
    }
}

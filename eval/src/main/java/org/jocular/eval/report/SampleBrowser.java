package org.jocular.eval.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocular.eval.run.Outcome;
import org.jocular.eval.task.Answered;
import org.jocular.eval.task.Sample;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of a report in which samples are looked through. What they hold lies in the page as JSON, and pictures in base 64, each in a
 * script of a type that no browser runs; samples.js puts into the page what is asked for, as text alone.
 */
final class SampleBrowser {
    private static final int MISSING = -1;

    private final ScoredRun run;
    private final Path data;
    private final ReportSettings settings;
    private final Map<String, Integer> pictures = new HashMap<>();
    private int written;

    SampleBrowser(ScoredRun run, Path data, ReportSettings settings) {
        this.run = run;
        this.data = data;
        this.settings = settings;
    }

    void write(OutputStream out) throws IOException {
        Template.text(out, Template.resource("samples.html"));
        for (ScoredTask task : run.tasks()) {
            write(out, task);
        }
    }

    private void write(OutputStream out, ScoredTask task) throws IOException {
        BitSet shown = Shown.of(wrong(task), task.asked(), settings.samples());
        List<String> samples = new ArrayList<>();
        Browsed.each(run, task, (browsed, outcome) -> {
            if (shown.get(browsed.index())) {
                int picture = picture(out, outcome.entry().sample());
                samples.add(sample(task, browsed, outcome, picture).toString());
            }
        });
        ObjectNode about = JsonNodeFactory.instance.objectNode();
        about.put("judge", task.judge());
        about.put("asked", task.asked());
        about.put("log", SampleLog.file(Path.of(""), task.name()).toString());
        about.put("marked", task.correct() != null);
        String json = about.toString();
        Template.text(
                out,
                "<script type=\"application/json\" class=\"samples\" data-task=\"%s\">"
                        .formatted(Html.escape(task.task().title())));
        Template.text(out, Html.json(json.substring(0, json.length() - 1) + ",\"samples\":["));
        for (int i = 0; i < samples.size(); i++) {
            Template.text(out, (i == 0 ? "\n" : ",\n") + Html.json(samples.get(i)));
        }
        Template.text(out, "]}</script>\n");
    }

    private BitSet wrong(ScoredTask task) throws IOException {
        BitSet wrong = new BitSet(task.asked());
        Browsed.each(run, task, (browsed, outcome) -> {
            if (browsed.row() < 0 || Boolean.FALSE.equals(browsed.correct())) {
                wrong.set(browsed.index());
            }
        });
        return wrong;
    }

    /** Writes a picture unless it is in the page; its number there, or −1 where there is none to be shown. */
    private int picture(OutputStream out, Sample sample) throws IOException {
        if (sample.picture() == null) {
            return MISSING;
        }
        Integer before = pictures.get(sample.picture());
        if (before != null) {
            return before;
        }
        int number = MISSING;
        try {
            String base64 = Thumbnail.base64(run.folder().picture(data, sample.picture()));
            number = written++;
            Template.text(out, "<script type=\"text/plain\" id=\"picture-%d\">%s</script>\n".formatted(number, base64));
        } catch (BadInput e) {
            // Its question failed for the same reason, which stands beside it.
        }
        pictures.put(sample.picture(), number);
        return number;
    }

    private static ObjectNode sample(ScoredTask task, Browsed browsed, Outcome outcome, int picture) {
        Sample sample = outcome.entry().sample();
        Answered answered = outcome.answered();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("n", browsed.docId());
        json.put("id", sample.id());
        if (sample.picture() != null) {
            json.put("name", sample.picture());
            json.put("picture", picture);
        }
        json.put("category", sample.category());
        json.put("question", sample.question());
        json.put("prompt", outcome.entry().prompt());
        json.put("target", sample.target());
        if (answered == null) {
            json.put("failed", outcome.failure());
            return json;
        }
        json.put("correct", browsed.correct());
        json.put("answer", answered.answer());
        json.put("reading", task.task().reading(answered));
        json.put("review", answered.review());
        if (!answered.logLikelihoods().isEmpty()) {
            ArrayNode ranked = json.putArray("ranked");
            for (int i = 0; i < answered.logLikelihoods().size(); i++) {
                ranked.addArray()
                        .add(sample.candidates().get(i))
                        .add(answered.logLikelihoods().get(i));
            }
        }
        ObjectNode columns = json.putObject("columns");
        task.columns().forEach((name, values) -> {
            if (!Double.isNaN(values[browsed.row()])) {
                columns.put(name, values[browsed.row()]);
            }
        });
        return json;
    }
}

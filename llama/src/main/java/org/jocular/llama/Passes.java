package org.jocular.llama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.llama.Search.Rows;
import org.jocular.llama.Search.Scores;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Runs the model for requests in flight, many in one pass. */
final class Passes {
    /** Rows that are computed at a time: enough to fill the matrix product, few enough to bound the memory of a layer and of the scores. */
    private static final int CHUNK = 512;

    private final Executor executor;
    private final LanguageModel model;

    Passes(Executor executor, LanguageModel model) {
        this.executor = executor;
        this.model = model;
    }

    /** Reads the prompts, and hands each request the scores of the token after it. */
    void read(List<Flight> flights) {
        switch (model) {
            case CausalLm causal -> read(causal, flights);
            case EncoderDecoderLm encoderDecoder -> read(encoderDecoder, flights);
        }
    }

    private void read(CausalLm causal, List<Flight> flights) {
        int current = 0;
        int at = flights.getFirst().cached;
        while (current < flights.size()) {
            Batch batch = new Batch();
            List<Tensor> embeddings = new ArrayList<>();
            List<Flight> complete = new ArrayList<>();
            List<Integer> lastRows = new ArrayList<>();
            while (current < flights.size() && batch.rows() < CHUNK) {
                Flight flight = flights.get(current);
                int to = Math.min(flight.prompt.length(), at + CHUNK - batch.rows());
                batch.addChain(flight.cache, to - at);
                embeddings.add(flight.prompt.embeddings().slice(at, to));
                at = to;
                if (to == flight.prompt.length()) {
                    complete.add(flight);
                    lastRows.add(batch.rows() - 1);
                    current++;
                    at = current < flights.size() ? flights.get(current).cached : 0;
                }
            }
            try (Ops ops = executor.begin()) {
                Tensor hidden = causal.forward(ops, joined(ops, embeddings), batch);
                if (!complete.isEmpty()) {
                    List<Tensor> last = lastRows.stream()
                            .map(row -> ops.rows(hidden, row, row + 1))
                            .toList();
                    float[] scores = ops.read(model.logits(ops, joined(ops, last)));
                    for (int i = 0; i < complete.size(); i++) {
                        complete.get(i).take(new Scores(scores, i * model.vocabSize(), model.vocabSize()));
                    }
                }
            }
        }
    }

    private void read(EncoderDecoderLm encoderDecoder, List<Flight> flights) {
        for (Flight flight : flights) {
            if (flight.cached < flight.prompt.length()) {
                try (Ops ops = executor.begin()) {
                    Tensor embeddings = flight.prompt.embeddings();
                    encoderDecoder.encode(ops, embeddings.slice(0, embeddings.rows()), flight.cache);
                }
            }
        }
        Rows start = new Rows(new int[] {encoderDecoder.decoderStartTokenId()}, new int[] {-1});
        inGroups(flights, flights.stream().map(flight -> start).toList());
    }

    /** Computes what each request wants next. */
    void step(List<Flight> flights) {
        inGroups(flights, flights.stream().map(Flight::rowsWanted).toList());
    }

    /** As many requests in a pass as fit, in their order. */
    private void inGroups(List<Flight> flights, List<Rows> rows) {
        int from = 0;
        while (from < flights.size()) {
            int to = from;
            int n = 0;
            do {
                n += rows.get(to++).ids().length;
            } while (to < flights.size() && n + rows.get(to).ids().length <= CHUNK);
            pass(flights.subList(from, to), rows.subList(from, to));
            from = to;
        }
    }

    private void pass(List<Flight> flights, List<Rows> rows) {
        Batch batch = new Batch();
        for (int i = 0; i < flights.size(); i++) {
            batch.add(flights.get(i).cache, rows.get(i).following());
        }
        int[] ids = rows.stream().flatMapToInt(r -> Arrays.stream(r.ids())).toArray();
        float[] scores;
        try (Ops ops = executor.begin()) {
            scores = ops.read(model.logits(ops, model.decode(ops, ids, batch)));
        }
        int at = 0;
        for (int i = 0; i < flights.size(); i++) {
            flights.get(i).take(new Scores(scores, at * model.vocabSize(), model.vocabSize()));
            at += rows.get(i).ids().length;
        }
    }

    private static Tensor joined(Ops ops, List<Tensor> parts) {
        return parts.size() == 1 ? parts.getFirst() : ops.concat(parts.toArray(Tensor[]::new));
    }
}

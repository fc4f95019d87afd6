package org.jocular.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jocular.llama.Answer.Ending;
import org.jocular.tokenizers.StreamDecoder;
import org.jocular.tokenizers.Tokenizer;
import org.jspecify.annotations.Nullable;

/** One token after the other: the likeliest, or drawn from what the constraints leave. */
final class SingleSearch implements Search {
    private final KvCache cache;
    private final GenerationSettings settings;
    private final List<Constraint> constraints;
    private final int maxNewTokens;
    private final Answer.Listener listener;
    private final SplittableRandom random;
    private final StreamDecoder decoder;
    private final StopStrings stops;
    private final List<Integer> tokens;
    private final int counted;
    private final StringBuilder text = new StringBuilder();
    private @Nullable Ending ending;

    /** @param counted tokens before the answer that count for lengths and repetitions */
    SingleSearch(
            KvCache cache,
            GenerationSettings settings,
            List<Integer> counted,
            Tokenizer tokenizer,
            Answer.Listener listener) {
        this.cache = cache;
        this.settings = settings;
        this.constraints = Constraint.of(settings);
        this.maxNewTokens = settings.newTokens(counted.size());
        this.listener = listener;
        this.random = new SplittableRandom(settings.seed());
        this.decoder = tokenizer.streamDecoder(true);
        this.stops = new StopStrings(settings.stop());
        this.tokens = new ArrayList<>(counted);
        this.counted = counted.size();
    }

    @Override
    public @Nullable Rows next(Scores scores) {
        float[] row = scores.row(0);
        for (Constraint constraint : constraints) {
            constraint.apply(row, tokens, tokens.size() - counted);
        }
        int id = settings.doSample() ? Choice.drawn(row, random) : Choice.likeliest(row);
        tokens.add(id);
        emit(stops.feed(decoder.feed(id)));
        if (settings.eosTokenIds().contains(id)) {
            ending = Ending.END_TOKEN;
        } else if (stops.stopped()) {
            ending = Ending.STOP_STRING;
        } else if (tokens.size() - counted == maxNewTokens) {
            ending = Ending.LENGTH;
        } else {
            return new Rows(new int[] {id}, new int[] {cache.length() - 1});
        }
        emit(stops.feed(decoder.flush()));
        if (ending == Ending.LENGTH && stops.stopped()) {
            ending = Ending.STOP_STRING;
        }
        emit(stops.flush());
        return null;
    }

    private void emit(String piece) {
        if (!piece.isEmpty()) {
            text.append(piece);
            listener.text(piece);
        }
    }

    Answer answer(double prefillSeconds, double decodeSeconds) {
        if (ending == null) {
            throw new IllegalStateException("the answer is not complete");
        }
        int[] ids = tokens.stream().skip(counted).mapToInt(Integer::intValue).toArray();
        return new Answer(ids, text.toString(), ending, List.of(), prefillSeconds, decodeSeconds);
    }
}

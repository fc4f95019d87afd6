package org.jocular.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.cli.attention.PictureAttention;
import org.jocular.tokenizers.Tokenizer;

/** Where a model looked, for {@code --json}. */
final class AttentionNumbers {
    private AttentionNumbers() {}

    /** {@code {"side", "patches": [[…]…], "tokens": [{"id", "text", "share", "patches"}…]}}; patches row by row, together 1. */
    static Map<String, Object> of(PictureAttention looked, Tokenizer tokenizer) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("side", looked.side());
        numbers.put("patches", rows(looked.patches(), looked.side()));
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (PictureAttention.OfToken token : looked.tokens()) {
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("id", token.id());
            described.put("text", tokenizer.decode(new int[] {token.id()}, false));
            described.put("share", token.share());
            described.put("patches", rows(token.patches(), looked.side()));
            tokens.add(described);
        }
        numbers.put("tokens", tokens);
        return numbers;
    }

    private static List<List<Double>> rows(double[] patches, int side) {
        List<List<Double>> rows = new ArrayList<>();
        for (int y = 0; y < side; y++) {
            List<Double> row = new ArrayList<>();
            for (int x = 0; x < side; x++) {
                row.add(patches[y * side + x]);
            }
            rows.add(row);
        }
        return rows;
    }
}

package org.jocular.systems;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;

/** Where pictures stand among the words: the ids of a prompt, and the rows that take the places of their marks. */
final class PictureRows {
    /** What the original repositories put in the place of a picture: {@code IMAGE_TOKEN_INDEX} of LLaVA's constants.py. */
    static final int NO_TOKEN = -200;

    private PictureRows() {}

    /** One number, {@code n} times. */
    static int[] repeated(int id, int n) {
        return IntStream.generate(() -> id).limit(n).toArray();
    }

    static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    /**
     * Ids of a text that is cut at marks which are no tokens: each piece is encoded by itself, the first with the beginning of a sequence.
     *
     * @param mark what stands for a picture in the text
     * @param picture the ids that stand for a picture
     */
    static int[] ids(Tokenizer tokenizer, String text, String mark, int pictures, int[] picture) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at; (at = text.indexOf(mark, from)) >= 0; from = at + mark.length()) {
            pieces.add(text.substring(from, at));
        }
        pieces.add(text.substring(from));
        requireMarks(pieces.size() - 1, mark, pictures);
        int[] ids = tokenizer.encode(pieces.getFirst(), true);
        for (String piece : pieces.subList(1, pieces.size())) {
            ids = joined(ids, picture, tokenizer.encode(piece));
        }
        return ids;
    }

    /** Ids of a text in which a picture's mark is a token, that token repeated for each row of the picture. */
    static int[] ids(Tokenizer tokenizer, String text, int mark, int pictures, int rows) {
        int[] ids = tokenizer.encode(text, true);
        requireMarks((int) IntStream.of(ids).filter(id -> id == mark).count(), tokenizer.piece(mark), pictures);
        return IntStream.of(ids)
                .flatMap(id -> id == mark ? IntStream.of(repeated(mark, rows)) : IntStream.of(id))
                .toArray();
    }

    private static void requireMarks(int found, String mark, int pictures) {
        if (found != pictures) {
            throw new BadInput("the prompt has %d marks %s for %d pictures".formatted(found, mark, pictures));
        }
    }

    /** BLIP-2 and its descendants see one picture, before the text. */
    static void requireOne(int pictures) {
        if (pictures != 1) {
            throw new BadInput("this system answers about one picture, not %d".formatted(pictures));
        }
    }

    /**
     * Puts pictures in the places of their marks.
     *
     * @param words (rows, width), one a row of the prompt, pictures' places included
     * @param isPicture for each row
     * @param pictures in the order of the prompt
     */
    static Tensor inPlace(Ops ops, Tensor words, boolean[] isPicture, List<Tensor> pictures) {
        List<Tensor> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        for (Tensor picture : pictures) {
            while (!isPicture[at]) {
                at++;
            }
            parts.add(ops.rows(words, from, at));
            parts.add(picture);
            at += Math.toIntExact(picture.rows());
            from = at;
        }
        parts.add(ops.rows(words, from, isPicture.length));
        return ops.concat(parts.toArray(Tensor[]::new));
    }
}

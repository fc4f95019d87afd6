package org.jocular.qformer;

import java.util.regex.Pattern;
import org.jocular.weights.Leftovers.Leftover;

/**
 * What files hold beside a Q-Former of queries alone. BLIP-2's first stage trains text and queries together; its second stage drops the text
 * parts (blip2_t5.py, blip2_opt.py), but a model may also be loaded from a file of the first. Names are LAVIS's, with {@code Qformer.bert}
 * at the hub called {@code qformer}.
 */
public final class QFormerLeftovers {
    private static final String BERT = "(?:Qformer\\.bert|qformer)\\.";

    private QFormerLeftovers() {}

    /** Words, places and feed-forward layers of text. */
    public static Leftover text() {
        return leftover(
                "for text, which this model's Q-Former does not read",
                BERT + "(?:embeddings\\.(?:word|position)_embeddings\\.weight"
                        + "|encoder\\.layer\\.\\d+\\.(?:intermediate|output)\\.(?:dense|LayerNorm)\\.(?:weight|bias))");
    }

    /** BERT's head, which writes text in the first stage. */
    public static Leftover languageHead() {
        return leftover("head of the first stage's language modelling", "Qformer\\.cls\\..+");
    }

    /** What the first stage compares pictures and texts with: blip2_qformer.py. */
    public static Leftover contrastiveHeads() {
        return leftover(
                "heads of the first stage's image-text matching",
                "(?:vision_proj|text_proj|itm_head)\\.(?:weight|bias)|temp");
    }

    private static Leftover leftover(String why, String regex) {
        return new Leftover(why, Pattern.compile(regex).asMatchPredicate());
    }
}

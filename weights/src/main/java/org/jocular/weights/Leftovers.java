package org.jocular.weights;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tensors that released checkpoints hold and that no model here needs. Everything else that loading leaves unused is an error, so this is
 * the one place where such tensors are named, each with the reason.
 */
public final class Leftovers {
    private static final String CLIP = "(?:.*\\.)?vision_(?:model|tower)\\.";
    private static final String EVA = "(?:visual_encoder\\.)?";

    /** Buffers that older versions of transformers saved beside the weights; the values follow from the config. */
    public static final List<Leftover> BUFFERS = List.of(
            new Leftover("computed from rope_theta", matching("(?:.*\\.)?rotary_emb\\.inv_freq")),
            new Leftover("0, 1, 2, …", matching("(?:.*\\.)?position_ids")));

    private Leftovers() {}

    /**
     * Tensors that may stay unused.
     *
     * @param why    one line for whoever inspects the checkpoint
     * @param covers tells by a tensor's full name, the file's own
     */
    public record Leftover(String why, Predicate<String> covers) {}

    /** LLaVA takes the output of a layer before the last one (layer −2), so CLIP's blocks from {@code first} on are never computed. */
    public static Leftover clipBlocksFrom(int first) {
        return new Leftover("after the selected layer", numberedFrom(first, CLIP + "encoder\\.layers\\.(\\d+)\\..+"));
    }

    /** CLIP normalises only its pooled output, which LLaVA does not use. */
    public static Leftover clipPostLayerNorm() {
        return new Leftover("for CLIP's pooled output only", matching(CLIP + "post_layernorm\\.(?:weight|bias)"));
    }

    /** The text half and both projections of a whole CLIP, of which LLaVA's original layout uses the vision tower. */
    public static Leftover clipTextTower() {
        return new Leftover(
                "CLIP's text half", matching("text_model\\..+|(?:text|visual)_projection\\.weight|logit_scale"));
    }

    /** {@code eva_vit_g.pth} has 40 blocks, of which LAVIS keeps 39 (eva_vit.py, create_eva_vit_g). */
    public static Leftover evaBlocksFrom(int first) {
        return new Leftover("one block more than LAVIS keeps", numberedFrom(first, EVA + "blocks\\.(\\d+)\\..+"));
    }

    /** EVA's own last norm: LAVIS puts {@code ln_vision} in its place. */
    public static Leftover evaNorm() {
        return new Leftover("replaced by ln_vision", matching(EVA + "norm\\.(?:weight|bias)"));
    }

    /** MiniGPT-4 starts from a Q-Former trained for Flan-T5 and puts its own projection in the place of T5's. */
    public static Leftover t5Projection() {
        return new Leftover("replaced by MiniGPT-4's own projection", matching("t5_proj\\.(?:weight|bias)"));
    }

    private static Predicate<String> matching(String regex) {
        return Pattern.compile(regex).asMatchPredicate();
    }

    private static Predicate<String> numberedFrom(int first, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return name -> {
            Matcher matcher = pattern.matcher(name);
            // More than nine digits are no layer number, whatever file wrote them.
            return matcher.matches() && matcher.group(1).length() <= 9 && Integer.parseInt(matcher.group(1)) >= first;
        };
    }
}

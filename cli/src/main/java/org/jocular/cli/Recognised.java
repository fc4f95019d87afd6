package org.jocular.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jocular.systems.StoredWeights;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/** What weights are, by their names alone or by their values, where no config.json says. */
final class Recognised {
    /** The last norm of a LLaMA scales by about 1 to 2; what training changed of it is a hundredth of that. */
    private static final double LARGEST_DIFFERENCE = 0.25;

    private static final Pattern LAST_NORM = Pattern.compile("(?:language_model\\.)?model\\.norm\\.weight");

    private record Mark(Pattern name, String what) {
        static Mark of(String name, String what) {
            return new Mark(Pattern.compile(name), what);
        }
    }

    /** The first that fits counts, so what belongs to a whole stands before its parts. */
    private static final List<Mark> MARKS = List.of(
            Mark.of(".+\\.lora_[AB]\\..+", "factors of an adapter (LoRA), which needs its base"),
            Mark.of(
                    "Qformer\\.bert\\..+word_embeddings.+",
                    "a Q-Former that reads text, in LAVIS's layout: the \"qformer\" of a jocular.json"),
            Mark.of("Qformer\\.bert\\..+", "a Q-Former in LAVIS's layout: the \"qformer\" of a jocular.json"),
            Mark.of("llama_proj\\.weight", "MiniGPT-4's projection: the \"projection\" of a jocular.json"),
            Mark.of("blocks\\.0\\.attn\\.qkv\\.weight", "EVA's vision tower: the \"vision\" of a jocular.json"),
            Mark.of(
                    "transformer\\.resblocks\\.0\\..+",
                    "CLIP's vision tower in LAVIS's layout: the \"vision\" of a jocular.json"),
            Mark.of("(?:model\\.)?multi_modal_projector\\..+", "LLaVA in the hub's layout"),
            Mark.of("(?:base_model\\.model\\.)?model\\.mm_projector\\..+", "LLaVA in its original layout"),
            Mark.of("abstractor\\..+", "mPLUG-Owl"),
            Mark.of("qformer\\..+", "BLIP-2 or InstructBLIP in the hub's layout"),
            Mark.of("(?:model\\.)?decoder\\.layers\\.\\d+\\..+", "OPT"),
            Mark.of("(?:encoder|decoder)\\.block\\.\\d+\\..+", "T5"),
            Mark.of("model\\.layers\\.\\d+\\.self_attn\\.q_proj\\.weight", "LLaMA"),
            Mark.of("vision_model\\..+", "CLIP's vision tower"));

    private Recognised() {}

    /** In a few words, or null. */
    static @Nullable String of(Collection<TensorInfo> tensors) {
        for (Mark mark : MARKS) {
            if (tensors.stream()
                    .anyMatch(tensor -> mark.name.matcher(tensor.name()).matches())) {
                return mark.what;
            }
        }
        return null;
    }

    /** Whether these are differences from a base, by the weights of the last norm. */
    static boolean isDelta(Path weights) {
        if (!WeightFiles.areUsualIn(weights)) {
            return false;
        }
        try (Checkpoint checkpoint = Checkpoint.open(weights);
                Arena arena = Arena.ofConfined()) {
            for (TensorInfo info : checkpoint.tensors()) {
                if (LAST_NORM.matcher(info.name()).matches()) {
                    Tensor norm = checkpoint.tensor(info.name(), arena);
                    for (float value : norm.toFloats()) {
                        if (!(Math.abs(value) <= LARGEST_DIFFERENCE)) {
                            return false;
                        }
                    }
                    return true;
                }
            }
        } catch (BadInput e) {
            // What is broken is told elsewhere.
        }
        return false;
    }

    /** Which part of a system a tensor belongs to, by the name that a model's code has for it. */
    static String part(String name, @Nullable String system) {
        return switch (name.replaceFirst("\\..*", "")) {
            case "vision_tower", "vision_model", "visual_encoder", "ln_vision" -> "vision tower";
            case "multi_modal_projector" -> "projector";
            case "language_projection" -> "projection";
            case "qformer" -> "Q-Former";
            case "query_tokens" -> "mplug-owl".equals(system) ? "abstractor" : "Q-Former";
            case "abstractor" -> "abstractor";
            default -> "language model";
        };
    }

    /** Bytes and elements by type; for readers. */
    static String sizes(StoredWeights weights) {
        return "%s, %s parameters, %s"
                .formatted(
                        InspectCommand.counted(weights.tensors().size(), "tensor"),
                        Sizes.scaled(weights.parameters()),
                        String.join(" and ", weights.types().keySet()));
    }
}

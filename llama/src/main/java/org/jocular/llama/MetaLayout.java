package org.jocular.llama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;

/**
 * LLaMA weights as Meta releases them, seen as Hugging Face converts them ({@code convert_llama_weights_to_hf.py}): other names, and the rows
 * of each head of q and k in another order, because Meta's rotary positions turn neighbouring pairs and Hugging Face's turn halves.
 *
 * @param weights the file under Hugging Face's names, see {@link #fileName}
 */
public record MetaLayout(Weights weights, int headDim) implements Weights {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(\\w+(?:\\.\\w+)?)\\.weight");

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("model.embed_tokens.weight", "tok_embeddings.weight"),
            Map.entry("model.norm.weight", "norm.weight"),
            Map.entry("lm_head.weight", "output.weight"),
            Map.entry("self_attn.q_proj", "attention.wq"),
            Map.entry("self_attn.k_proj", "attention.wk"),
            Map.entry("self_attn.v_proj", "attention.wv"),
            Map.entry("self_attn.o_proj", "attention.wo"),
            Map.entry("mlp.gate_proj", "feed_forward.w1"),
            Map.entry("mlp.down_proj", "feed_forward.w2"),
            Map.entry("mlp.up_proj", "feed_forward.w3"),
            Map.entry("input_layernorm", "attention_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"));

    /** From Hugging Face's names to Meta's. */
    public static UnaryOperator<String> fileName() {
        return name -> {
            Matcher layer = LAYER.matcher(name);
            if (layer.matches()) {
                String part = NAMES.getOrDefault(layer.group(2), layer.group(2));
                return "layers." + layer.group(1) + "." + part + ".weight";
            }
            return NAMES.getOrDefault(name, name);
        };
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor stored = weights.tensor(name, shape);
        String path = path(name);
        boolean turned = path.endsWith(".q_proj.weight") || path.endsWith(".k_proj.weight");
        return turned ? halves(stored) : stored;
    }

    /** A copy with rows 0, 2, 4… of each head before rows 1, 3, 5…. */
    private Tensor halves(Tensor pairs) {
        long rowBytes = pairs.data().byteSize() / pairs.rows();
        MemorySegment data = Arena.ofAuto().allocate(pairs.data().byteSize(), 64);
        for (long row = 0; row < pairs.rows(); row++) {
            long head = row / headDim * headDim;
            long half = (row - head) % (headDim / 2);
            long from = head + 2 * half + (row - head) / (headDim / 2);
            MemorySegment.copy(pairs.data(), from * rowBytes, data, row * rowBytes, rowBytes);
        }
        return new Tensor(pairs.dtype(), data, pairs.shape());
    }

    @Override
    public Weights at(String name) {
        return new MetaLayout(weights.at(name), headDim);
    }

    @Override
    public String path() {
        return weights.path();
    }

    @Override
    public boolean has(String name) {
        return weights.has(name);
    }

    @Override
    public Tensor floats(String name, long... shape) {
        return weights.floats(name, shape);
    }
}

package org.jocular.cli.bench;

import java.util.Map;
import java.util.TreeMap;
import org.jocular.llama.Llama;
import org.jocular.llama.Opt;
import org.jocular.llama.T5;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Activation;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ClipVision;
import org.jocular.vit.EvaVision;

/** Sizes of published models. */
final class Shapes {
    static final Map<String, ClipVision.Config> CLIP = sorted(Map.of(
            "clip-vit-l-224", clip(224), //
            "clip-vit-l-336", clip(336)));

    static final Map<String, EvaVision.Config> EVA =
            sorted(Map.of("eva-vit-g-224", eva(224), "eva-vit-g-364", eva(364)));

    /** The released one: 32 queries, which look at EVA's tokens. */
    static final QFormer.Config Q_FORMER =
            new QFormer.Config(32, 30522, 768, 12, 12, 3072, Activation.GELU, 512, 1e-12f, 2, 1408);

    static final Map<String, Llama.Config> LLAMA = sorted(Map.of(
            "tinyllama-1.1b", llama(32000, 2048, 5632, 22, 32, 4, 2048, 1e-5f),
            "llama-7b", llama(32000, 4096, 11008, 32, 32, 32, 2048, 1e-6f),
            "llama-13b", llama(32000, 5120, 13824, 40, 40, 40, 2048, 1e-6f)));

    static final Map<String, Opt.Config> OPT = sorted(Map.of(
            "opt-2.7b", new Opt.Config(50272, 2560, 10240, 32, 32, 2048, Activation.RELU),
            "opt-6.7b", new Opt.Config(50272, 4096, 16384, 32, 32, 2048, Activation.RELU)));

    static final Map<String, T5.Config> T5 =
            sorted(Map.of("flan-t5-xl", t5(2048, 5120, 32), "flan-t5-xxl", t5(4096, 10240, 64)));

    /** The first is no published system, but one of a size with which evaluations can be timed. */
    static final Map<String, Llama.Config> LLAVA = sorted(Map.of(
            "llava-tinyllama-1.1b", llama(32064, 2048, 5632, 22, 32, 4, 2048, 1e-5f),
            "llava-1.5-7b", llama(32064, 4096, 11008, 32, 32, 32, 4096, 1e-5f),
            "llava-1.5-13b", llama(32064, 5120, 13824, 40, 40, 40, 4096, 1e-5f)));

    /** Systems by their vision tower and their language model. */
    static final Map<String, Parts> SYSTEMS = sorted(Map.of(
            "llava-tinyllama-1.1b", new Parts("clip-vit-l-224", "llava-tinyllama-1.1b", 256),
            "llava-1.5-7b", new Parts("clip-vit-l-336", "llava-1.5-7b", 576),
            "llava-1.5-13b", new Parts("clip-vit-l-336", "llava-1.5-13b", 576),
            "blip2-opt-2.7b", new Parts("q-former", "opt-2.7b", 32),
            "blip2-opt-6.7b", new Parts("q-former", "opt-6.7b", 32),
            "blip2-flan-t5-xl", new Parts("q-former", "flan-t5-xl", 32),
            "instructblip-vicuna-7b", new Parts("q-former", "llama-7b", 32),
            "minigpt4-7b", new Parts("q-former", "llama-7b", 32)));

    private Shapes() {}

    /** @param rows that one picture becomes */
    record Parts(String vision, String language, int rows) {}

    private static <T> Map<String, T> sorted(Map<String, T> map) {
        return new TreeMap<>(map);
    }

    private static ClipVision.Config clip(int imageSize) {
        return new ClipVision.Config(1024, 4096, 24, 16, imageSize, 14, 3, 1e-5f, Activation.QUICK_GELU);
    }

    private static EvaVision.Config eva(int imageSize) {
        return new EvaVision.Config(1408, 6144, 39, 16, imageSize, 14, 1e-6f, 1e-5f, true, Activation.GELU, 0);
    }

    private static Llama.Config llama(
            int vocabulary, int width, int hidden, int layers, int heads, int kvHeads, int context, float eps) {
        return new Llama.Config(
                vocabulary, width, hidden, layers, heads, kvHeads, width / heads, context, eps, 10000, 1);
    }

    private static T5.Config t5(int width, int hidden, int heads) {
        return new T5.Config(32128, width, 64, hidden, 24, 24, heads, 32, 128, 1e-6f, Activation.GELU, false, 0);
    }

    static <T> T find(Map<String, T> shapes, String name) {
        T found = shapes.get(name);
        if (found == null) {
            throw new BadInput("--shape is %s, expected one of %s".formatted(name, String.join(", ", shapes.keySet())));
        }
        return found;
    }
}

#!/usr/bin/env python3
"""One training step of each tiny system in PyTorch eager, the peer of `jocular bench train-step`.

    python benchmarks/peers/train_step.py --threads 2 > pytorch.jsonl
    python benchmarks/peers/train_step.py --compare jocular.jsonl pytorch.jsonl

Needs torch (measured: 2.15.0, CPU) and nothing else. A step is forward, backward, clipping to norm 1 and AdamW on the same examples
over and over. Widths, layers, trained parts and the lengths of all examples are Jocular's; `train_step.json` beside this file has the
lengths and the numbers of parameters, a test of Jocular holds it, and this script refuses to run where it counts other numbers.
Written as a good user of PyTorch would write it: examples padded on the right to the longest, so that causal attention needs no mask;
scaled_dot_product_attention; projections of one input fused; only rows that predict something go to the head; frozen parts below
everything trained under no_grad; AdamW fused.
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve()
EXPECTED = json.loads((HERE.parent / "train_step.json").read_text())

VOCABULARY, WORDS_OF_BERT = 95, 102
WIDTH, HIDDEN, LAYERS, HEADS = 96, 256, 4, 4
VISION, PATCH, SIDE, CODE = 64, 8, 6, 96
QUERIES = 9

if "--compare" not in sys.argv:
    import torch
    from torch import nn
    from torch.nn import functional as F

    def heads(x, n):  # (batch, rows, n · heads · width) to n tensors (batch, heads, rows, width)
        b, t, w = x.shape
        return x.view(b, t, n, HEADS, w // n // HEADS).permute(2, 0, 3, 1, 4).unbind(0)

    def joined(x):
        return x.transpose(1, 2).flatten(2)

    def quick_gelu(x):
        return x * torch.sigmoid(1.702 * x)

    class LlamaLayer(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1 = nn.RMSNorm(WIDTH, eps=1e-5)
            self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
            self.out = nn.Linear(WIDTH, WIDTH, bias=False)
            self.norm2 = nn.RMSNorm(WIDTH, eps=1e-5)
            self.gate_up = nn.Linear(WIDTH, 2 * HIDDEN, bias=False)
            self.down = nn.Linear(HIDDEN, WIDTH, bias=False)

        def forward(self, x, cos, sin):
            q, k, v = heads(self.qkv(self.norm1(x)), 3)
            y = F.scaled_dot_product_attention(rotated(q, cos, sin), rotated(k, cos, sin), v, is_causal=True)
            x = x + self.out(joined(y))
            gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
            return x + self.down(F.silu(gate) * up)

    def rotated(x, cos, sin):
        a, b = x.chunk(2, -1)
        return x * cos + torch.cat((-b, a), -1) * sin

    class Llama(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(VOCABULARY, WIDTH)
            nn.init.normal_(self.words.weight, std=WIDTH**-0.5)
            self.layers = nn.ModuleList(LlamaLayer() for _ in range(LAYERS))
            self.norm = nn.RMSNorm(WIDTH, eps=1e-5)
            each = WIDTH // HEADS
            angle = torch.arange(256)[:, None] / 10000 ** (torch.arange(0, each, 2) / each)
            angle = torch.cat((angle, angle), -1)
            self.register_buffer("cos", angle.cos(), persistent=False)
            self.register_buffer("sin", angle.sin(), persistent=False)

        def forward(self, x, predicting):  # (batch, rows, width); which rows of all, one below the other
            cos, sin = self.cos[: x.shape[1]], self.sin[: x.shape[1]]
            for layer in self.layers:
                x = layer(x, cos, sin)
            x = x.flatten(0, 1).index_select(0, predicting)
            return F.linear(self.norm(x), self.words.weight)

    class VisionBlock(nn.Module):
        def __init__(self, eps, activation):
            super().__init__()
            self.norm1 = nn.LayerNorm(VISION, eps=eps)
            self.qkv = nn.Linear(VISION, 3 * VISION)
            self.out = nn.Linear(VISION, VISION)
            self.norm2 = nn.LayerNorm(VISION, eps=eps)
            self.fc1 = nn.Linear(VISION, 4 * VISION)
            self.fc2 = nn.Linear(4 * VISION, VISION)
            self.activation = activation

        def forward(self, x):
            x = x + self.out(joined(F.scaled_dot_product_attention(*heads(self.qkv(self.norm1(x)), 3))))
            return x + self.fc2(self.activation(self.fc1(self.norm2(x))))

    class Vision(nn.Module):
        """CLIP (norm before), EVA (norm after, biases in the patches) and mPLUG-Owl's (both)."""

        def __init__(self, eps, activation, pre, post, bias):
            super().__init__()
            self.patches = nn.Linear(3 * PATCH * PATCH, VISION, bias=bias)
            self.cls = nn.Parameter(torch.randn(1, 1, VISION) * 0.02)
            self.positions = nn.Parameter(torch.randn(1 + SIDE * SIDE, VISION) * 0.02)
            self.pre = nn.LayerNorm(VISION, eps=eps) if pre else nn.Identity()
            self.blocks = nn.ModuleList(VisionBlock(eps, activation) for _ in range(3))
            self.post = nn.LayerNorm(VISION, eps=eps) if post else nn.Identity()

        def forward(self, pixels):  # (batch, 3, 48, 48) to (batch, 37, width)
            b = pixels.shape[0]
            x = pixels.view(b, 3, SIDE, PATCH, SIDE, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(b, SIDE * SIDE, -1)
            x = torch.cat((self.cls.expand(b, -1, -1), self.patches(x)), 1) + self.positions
            x = self.pre(x)
            for block in self.blocks:
                x = block(x)
            return self.post(x)

    class Coded(nn.Module):
        """Features with the code of their place beside them."""

        def __init__(self, rows):
            super().__init__()
            self.register_buffer("code", torch.rand(rows, CODE), persistent=False)

        def forward(self, x):
            return torch.cat((x, self.code.expand(x.shape[0], -1, -1)), -1)

    class LlavaHead(nn.Module):
        def __init__(self):
            super().__init__()
            self.coded = Coded(QUERIES)
            self.linear1 = nn.Linear(4 * VISION + CODE, WIDTH)
            self.linear2 = nn.Linear(WIDTH, WIDTH)

        def forward(self, x, instruction):
            b, half = x.shape[0], SIDE // 2
            x = x[:, 1:].view(b, half, 2, half, 2, VISION).transpose(2, 3).reshape(b, half * half, 4 * VISION)
            return self.linear2(F.gelu(self.linear1(self.coded(x))))

    class FeedForward(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.Linear(WIDTH, 4 * WIDTH)
            self.down = nn.Linear(4 * WIDTH, WIDTH)
            self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

        def forward(self, x):
            return self.norm(self.down(F.gelu(self.up(x))) + x)

    class QFormerLayer(nn.Module):
        def __init__(self, text):
            super().__init__()
            self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
            self.out = nn.Linear(WIDTH, WIDTH)
            self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
            self.cross_q = nn.Linear(WIDTH, WIDTH)
            self.cross_kv = nn.Linear(VISION + CODE, 2 * WIDTH)
            self.cross_out = nn.Linear(WIDTH, WIDTH)
            self.cross_norm = nn.LayerNorm(WIDTH, eps=1e-12)
            self.of_queries = FeedForward()
            self.of_text = FeedForward() if text else None

        def forward(self, x, image, mask):
            y = F.scaled_dot_product_attention(*heads(self.qkv(x), 3), attn_mask=mask)
            x = self.norm(self.out(joined(y)) + x)
            queries, text = x[:, :QUERIES], x[:, QUERIES:]
            (q,), (k, v) = heads(self.cross_q(queries), 1), heads(self.cross_kv(image), 2)
            y = F.scaled_dot_product_attention(q, k, v)
            queries = self.of_queries(self.cross_norm(self.cross_out(joined(y)) + queries))
            return queries if self.of_text is None else torch.cat((queries, self.of_text(text)), 1)

    class QFormer(nn.Module):
        def __init__(self, text):
            super().__init__()
            self.queries = nn.Parameter(torch.randn(1, QUERIES, WIDTH) * 0.02)
            self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
            self.words = nn.Embedding(WORDS_OF_BERT, WIDTH) if text else None
            self.positions = nn.Parameter(torch.randn(64, WIDTH) * 0.02) if text else None
            self.layers = nn.ModuleList(QFormerLayer(text) for _ in range(2))

        def forward(self, image, instruction):
            x, mask = self.queries.expand(image.shape[0], -1, -1), None
            if self.words is not None:
                ids, mask = instruction
                x = torch.cat((x, self.words(ids) + self.positions[: ids.shape[1]]), 1)
            x = self.norm(x)
            for layer in self.layers:
                x = layer(x, image, mask)
            return x[:, :QUERIES]

    class AbstractorLayer(nn.Module):
        def __init__(self):
            super().__init__()
            w = VISION + CODE
            self.norm1, self.norm_k, self.norm2 = nn.LayerNorm(w), nn.LayerNorm(w), nn.LayerNorm(w)
            self.q, self.kv, self.out = nn.Linear(w, w), nn.Linear(w, 2 * w), nn.Linear(w, w)
            self.gate_up, self.down = nn.Linear(w, 2 * HIDDEN), nn.Linear(HIDDEN, w)
            self.inner = nn.LayerNorm(HIDDEN, eps=1e-6)

        def forward(self, x, image):
            x = self.norm1(x)
            (q,), (k, v) = heads(self.q(x), 1), heads(self.kv(torch.cat((x, self.norm_k(image)), 1)), 2)
            x = x + self.out(joined(F.scaled_dot_product_attention(q, k, v)))
            gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
            return x + self.down(self.inner(F.silu(gate) * up))

    class Abstractor(nn.Module):
        def __init__(self):
            super().__init__()
            self.coded = Coded(1 + SIDE * SIDE)
            self.queries = nn.Parameter(torch.randn(1, QUERIES, VISION + CODE) * 0.02)
            self.layers = nn.ModuleList(AbstractorLayer() for _ in range(2))
            self.fc = nn.Linear(VISION + CODE, WIDTH)
            self.eos = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.1)

        def forward(self, image, instruction):
            image = self.coded(image)
            x = self.queries.expand(image.shape[0], -1, -1)
            for layer in self.layers:
                x = layer(x, image)
            return torch.cat((self.fc(x), self.eos.expand(x.shape[0], -1, -1)), 1)

    class QFormerHead(nn.Module):
        def __init__(self, text):
            super().__init__()
            self.coded = Coded(1 + SIDE * SIDE)
            self.qformer = QFormer(text)
            self.projection = nn.Linear(WIDTH, WIDTH)

        def forward(self, image, instruction):
            with torch.set_grad_enabled(torch.is_grad_enabled() and trains(self.qformer)):
                queries = self.qformer(self.coded(image), instruction)
            return self.projection(queries)

    def trains(module):
        return any(p.requires_grad for p in module.parameters())

    class System(nn.Module):
        def __init__(self, vision, head):
            super().__init__()
            self.vision, self.head, self.language = vision, head, Llama()

        def forward(self, batch):
            with torch.set_grad_enabled(trains(self.vision)):
                image = self.vision(batch.pixels)
            rows = self.head(image, batch.instruction)
            words = self.language.words(batch.ids)
            x = torch.cat((words[:, : batch.at], rows, words[:, batch.at + rows.shape[1] :]), 1)
            return F.cross_entropy(self.language(x, batch.predicting), batch.targets)

    class Oracle(nn.Module):
        """The language model alone; a row of a picture is the sum of five words' vectors and noise."""

        def __init__(self):
            super().__init__()
            self.language = Llama()
            self.nothing = nn.Parameter(torch.randn(1, WIDTH) * 0.1)

        def forward(self, batch):
            table = torch.cat((self.language.words.weight, self.nothing, torch.zeros(1, WIDTH)))
            rows = F.embedding(batch.things, table).sum(1) + batch.noise
            x = self.language.words(batch.ids)
            x = x.flatten(0, 1).index_copy(0, batch.places, rows).view_as(x)
            return F.cross_entropy(self.language(x, batch.predicting), batch.targets)

    def clip():
        return Vision(1e-5, quick_gelu, pre=True, post=False, bias=False)

    def eva():
        return Vision(1e-6, F.gelu, pre=False, post=True, bias=True)

    def owl():
        return Vision(1e-6, quick_gelu, pre=True, post=True, bias=False)

    # What a shape is made of, and which parts are trained.
    SHAPES = {
        "tiny-language": (Oracle, lambda m: [m]),
        "tiny-llava-align": (lambda: System(clip(), LlavaHead()), lambda m: [m.vision, m.head]),
        "tiny-llava-instruct": (lambda: System(clip(), LlavaHead()), lambda m: [m.head, m.language]),
        "tiny-blip2": (lambda: System(eva(), QFormerHead(False)), lambda m: [m.head]),
        "tiny-instructblip": (lambda: System(eva(), QFormerHead(True)), lambda m: [m.head]),
        "tiny-minigpt4": (lambda: System(eva(), QFormerHead(False)), lambda m: [m.head.projection]),
        "tiny-mplug-owl": (lambda: System(owl(), Abstractor()), lambda m: [m.vision, m.head]),
    }

    class Batch:
        """Noise in the lengths of Jocular's examples; nothing is predicted from a last token, so that row is left out."""

        def __init__(self, examples):
            n = len(examples)
            longest = max(e["rows"] for e in examples) - 1
            self.rows = sum(e["rows"] - 1 for e in examples)
            self.padding = 1 - self.rows / (n * longest)
            self.ids = torch.randint(7, VOCABULARY, (n, longest))
            self.pixels = torch.randn(n, 3, SIDE * PATCH, SIDE * PATCH)
            self.at = examples[0]["picture"][0]
            learned = [i * longest + at - 1 for i, e in enumerate(examples) for r in e["learned"] for at in range(*r)]
            self.predicting = torch.tensor(learned)
            self.targets = torch.randint(7, VOCABULARY, (len(learned),))
            places = [i * longest + at for i, e in enumerate(examples) for at in range(*e["picture"])]
            self.places = torch.tensor(places)
            self.things = torch.randint(7, VOCABULARY, (len(places), 5))
            self.noise = torch.randn(len(places), WIDTH) * 0.03
            lengths = torch.tensor([e["instruction"] for e in examples])
            most = int(lengths.max())
            seen = torch.arange(QUERIES + most) < QUERIES + lengths[:, None]
            self.instruction = torch.randint(6, WORDS_OF_BERT, (n, most)), seen[:, None, None, :]


def evened(examples):
    """As many rows and learned tokens, but no padding: what padding costs."""
    n = len(examples)
    rows = round(sum(e["rows"] for e in examples) / n)
    learned = round(sum(b - a for e in examples for a, b in e["learned"]) / n)
    instruction = round(sum(e["instruction"] for e in examples) / n)
    return [dict(e, rows=rows, instruction=instruction, learned=[[rows - learned, rows]]) for e in examples]


def measure(shape, threads, warmup, runs, even):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    expected = EXPECTED[shape]
    make, parts = SHAPES[shape]
    model = make()
    model.requires_grad_(False)
    for part in parts(model):
        part.requires_grad_(True)
    trained = [p for p in model.parameters() if p.requires_grad]
    counts = {"parameters": sum(p.numel() for p in model.parameters()), "trained": sum(p.numel() for p in trained)}
    for name, count in counts.items():
        if count != expected[name]:
            sys.exit(f"{shape} has {count} {name} here and {expected[name]} in Jocular")
    batch = Batch(evened(expected["examples"]) if even else expected["examples"])
    print(
        f"{shape}: {counts['trained']:,} of {counts['parameters']:,} parameters trained, as in Jocular; {batch.rows} rows,"
        f" {100 * batch.padding:.0f} % of the batch are padding; torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}",
        file=sys.stderr,
    )
    optimizer = torch.optim.AdamW(trained, lr=1e-5, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.02, fused=True)

    def step():
        loss = model(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    first = step()
    for _ in range(warmup):
        step()
    ms = []
    for _ in range(runs):
        start = time.perf_counter()
        last = step()
        ms.append(1e3 * (time.perf_counter() - start))
    assert last < first < 12, f"the loss went from {first} to {last}"
    label = shape + "/even" if even else shape
    sd = statistics.stdev(ms)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    for what, value, unit, spread in (
        ("train-step", statistics.median(ms), "ms", sd),
        ("train-step-best", min(ms), "ms", sd),
        ("train-step-memory", memory, "MB", 0),
    ):
        line = {"what": what, "shape": label, "dtype": "F32", "threads": threads, "value": value, "unit": unit}
        line |= {"sd": spread, "runs": runs, "of_ceiling": None, "peer": "torch " + torch.__version__}
        print(json.dumps(line), flush=True)


def compare(ours, theirs):
    """A table of both sides' lines."""

    def read(path):
        lines = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines() if line.startswith("{")]
        return {(line["shape"], line["threads"], line["what"]): line["value"] for line in lines}

    ours, theirs = read(ours), read(theirs)
    print("| shape | threads | Jocular, ms | PyTorch, ms | PyTorch / Jocular | of the best | Jocular, MB | PyTorch, MB |")
    print("|---|---|---|---|---|---|---|---|")
    for shape, threads in sorted({key[:2] for key in ours}):
        row = [(a.get((shape, threads, what))) for what in KINDS for a in (ours, theirs)]
        if None not in row:
            a, b, c, d, e, f = row
            print(f"| {shape} | {threads} | {a:.1f} | {b:.1f} | {b / a:.2f} | {d / c:.2f} | {e:.0f} | {f:.0f} |")


KINDS = "train-step", "train-step-best", "train-step-memory"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=sorted(EXPECTED), help="default: all, each in a process of its own")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=int, default=50)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--even", action="store_true", help="the same number of rows without padding")
    parser.add_argument("--compare", nargs=2, metavar=("JOCULAR", "PYTORCH"), help="print both sides' lines as a table")
    options = parser.parse_args()
    if options.compare:
        compare(*options.compare)
    elif options.shape:
        measure(options.shape, options.threads, options.warmup, options.runs, options.even)
    else:
        for shape in sorted(EXPECTED):
            status = subprocess.run([sys.executable, str(HERE), *sys.argv[1:], "--shape", shape]).returncode
            if status:
                sys.exit(status)


if __name__ == "__main__":
    main()

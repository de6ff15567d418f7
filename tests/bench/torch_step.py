"""The reference training step in PyTorch and in lrdlab, in turn, on the same threads.

The same work: addition mod 113, batch 512, two layers of width 128, AdamW, then the decay: five Newton-Schulz
iterations on every query and key matrix (lrd), AdamW's own (l2), or none. The machine may be noisy, so rounds of the
two alternate and the ratio is taken round by round. Without PyTorch it says so and skips.

PyTorch's rounds run in processes of their own, since OpenBLAS reads how many threads it may take when it is loaded: on
one thread both PyTorch and its OpenBLAS have one; on more, whichever of the two does better with all of them has them.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    print("skipped: this python has no PyTorch (Debian: python3-torch, then make bench-torch PYTHON=/usr/bin/python3)")
    raise SystemExit(0)

P, DIM, DEPTH, HEADS, MLP, BATCH = 113, 128, 2, 4, 512, 512


class RMSNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.g = nn.Parameter(torch.ones(DIM))

    def forward(self, x):
        return F.normalize(x, dim=-1) * DIM**0.5 * self.g


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("q", "k", "v", "o"):
            setattr(self, name + "_proj", nn.Linear(DIM, DIM, bias=False))
        self.q_norm, self.k_norm = RMSNorm(), RMSNorm()

    def forward(self, x):
        def split(y):
            return y.unflatten(-1, (HEADS, DIM // HEADS)).transpose(1, 2)

        q, k = split(self.q_norm(self.q_proj(x))), split(self.k_norm(self.k_proj(x)))
        mix = torch.softmax(q @ k.transpose(-2, -1) / (DIM // HEADS) ** 0.5, dim=-1)
        return self.o_proj((mix @ split(self.v_proj(x))).transpose(1, 2).flatten(-2))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2, self.attn = RMSNorm(), RMSNorm(), Attention()
        self.mlp = nn.Sequential(nn.Linear(DIM, MLP, bias=False), nn.SiLU(), nn.Linear(MLP, DIM, bias=False))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(P + 1, DIM)
        self.pos_embedding = nn.Parameter(torch.randn(1, 3, DIM) * 0.02)
        self.layers = nn.Sequential(*[Block() for _ in range(DEPTH)])
        self.norm_final, self.lm_head = RMSNorm(), nn.Linear(DIM, P + 1, bias=False)

    def forward(self, tokens):
        return self.lm_head(self.norm_final(self.layers(self.embedding(tokens) + self.pos_embedding))[:, -1])


def newton_schulz(w, iterations=5):
    y = w / (w.norm() + 1e-8)
    for _ in range(iterations):
        y = 1.5 * y - 0.5 * (y @ y.T) @ y
    return y


def train_step(model, optimiser, matrices, batch, strength=0.005):
    loss = F.cross_entropy(model(batch[:, :3]), batch[:, 3])
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    with torch.no_grad():
        for w in matrices:
            w -= strength * newton_schulz(w)


class TorchRun:
    """A model, its optimiser and its training rows under one kind of decay."""

    def __init__(self, kind):
        torch.manual_seed(0)
        self.model = Transformer()
        qk = [w for name, w in self.model.named_parameters() if "q_proj" in name or "k_proj" in name]
        chosen = {id(w) for w in qk}
        rest = [w for w in self.model.parameters() if id(w) not in chosen]
        groups = [
            {"params": rest, "weight_decay": 0.1},
            {"params": qk, "weight_decay": 0.1 if kind == "l2" else 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=1e-3)
        self.decayed = qk if kind == "lrd" else []
        a, b = torch.meshgrid(torch.arange(P), torch.arange(P), indexing="ij")
        rows = torch.stack([a.flatten(), b.flatten(), torch.full((P * P,), P), (a + b).flatten() % P], dim=1)
        self.rows = rows[torch.randperm(P * P)][: P * P // 2]

    def seconds(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            batch = self.rows[torch.randint(0, len(self.rows), (BATCH,))]
            train_step(self.model, self.optimiser, self.decayed, batch)
        return (time.perf_counter() - start) / steps


def torch_seconds(kind, threads, steps):
    """Seconds a step, the better of the ways to share the threads out."""
    best = None
    for own, blas in {(threads, 1), (1, threads)}:
        command = [sys.executable, __file__, "--child", kind, "--threads", str(own), "--steps", str(steps)]
        environment = os.environ | {"OPENBLAS_NUM_THREADS": str(blas), "OMP_NUM_THREADS": str(own)}
        seconds = float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)
        best = seconds if best is None else min(best, seconds)
    return best


def lrdlab_seconds(program, kind, threads, steps):
    """Seconds a step, as the log says: evaluations only at the ends, no samples."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log.jsonl")
        settings = {"decay.kind": kind, "decay.targets": "all" if kind == "l2" else "qk", "train.threads": threads}
        settings |= {"task.frac": 0.4812}  # 12 whole batches: PyTorch's are whole too
        settings |= {"decay.strength": 0.1 if kind == "l2" else 0.005, "train.eval_every": 10**6, "train.sample_every": 0}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        command = [program, "train", "--steps", str(steps), "--log", log, "--quiet", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(log) as lines:
            rates = [row.get("steps_per_s") for row in map(json.loads, lines)]
    return 1 / [rate for rate in rates if rate][-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="./lrdlab")
    parser.add_argument("--steps", type=int, default=40, help="steps a round; lrdlab does eight times as many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()

    if args.child:
        torch.set_num_threads(args.threads[0])
        run = TorchRun(args.child)
        run.seconds(3)
        print(run.seconds(args.steps))
        return
    print(f"PyTorch {torch.__version__} against lrdlab; medians of {args.rounds} rounds in turn")
    print(f"{'decay':<8}{'threads':>8}{'PyTorch ms':>12}{'lrdlab ms':>12}{'ratio':>8}")
    for threads in args.threads:
        for kind in ("lrd", "l2", "none"):
            pairs = []
            for _ in range(args.rounds):
                theirs = torch_seconds(kind, threads, args.steps)
                pairs.append((theirs, lrdlab_seconds(args.program, kind, threads, 8 * args.steps)))
            theirs, ours = (statistics.median(side) for side in zip(*pairs))
            ratio = statistics.median(a / b for a, b in pairs)
            print(f"{kind:<8}{threads:>8}{1e3 * theirs:>12.1f}{1e3 * ours:>12.1f}{ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    main()

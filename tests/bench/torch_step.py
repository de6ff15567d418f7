"""The reference training step in PyTorch, as a peer to measure `lrdlab bench` against.

The same work: addition mod 113, batch 512, two layers of width 128, AdamW, then a low-rank decay step by
five Newton-Schulz iterations on every query and key matrix. Prints the best of several rounds as JSON.
"""
import argparse
import json
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    sys.exit("torch_step.py needs PyTorch for this python: Debian has it as python3-torch (PYTHON=/usr/bin/python3)")

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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=50, help="steps a round")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    model = Transformer()
    matrices = [w for name, w in model.named_parameters() if "q_proj" in name or "k_proj" in name]
    chosen = {id(w) for w in matrices}
    groups = [
        {"params": [w for w in model.parameters() if id(w) not in chosen], "weight_decay": 0.1},
        {"params": matrices, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=1e-3)
    a, b = torch.meshgrid(torch.arange(P), torch.arange(P), indexing="ij")
    rows = torch.stack([a.flatten(), b.flatten(), torch.full((P * P,), P), (a + b).flatten() % P], dim=1)
    rows = rows[torch.randperm(P * P)][: P * P // 2]

    best = 0.0
    for _ in range(args.rounds + 1):  # the first warms up
        start = time.perf_counter()
        for _ in range(args.steps):
            train_step(model, optimiser, matrices, rows[torch.randint(0, len(rows), (BATCH,))])
        best = max(best, args.steps / (time.perf_counter() - start))
    print(json.dumps({"steps_per_s": round(best, 2), "threads": args.threads, "torch": torch.__version__}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Independent PyTorch oracle for a scale-invariant Transformer with switchable decay.

It makes the folders of golden numbers (forward, gradients, optimiser and decay steps) that
tests/unit/test_golden.c compares a run with.  Needs Debian's python3-torch and python3-numpy.

    /usr/bin/python3 tests/golden/oracle.py stablemax-add --loss stablemax --temp 2 --decay none
    /usr/bin/python3 tests/golden/oracle.py uniform-sub   --op sub --attention uniform --decay none
    /usr/bin/python3 tests/golden/oracle.py temp-mul      --op mul --temp 0.5 --beta2 0.98 --qk-lr 3
    /usr/bin/python3 tests/golden/oracle.py luon-add      --qk-opt luon --decay none --rest 0 --warmup 5

The first word names the folder beside this file.
"""
import argparse, itertools, json, math, os, random, struct
import torch
import torch.nn.functional as F

KINDS = ["none", "l2", "lrd", "polar", "svt", "elastic", "radial", "tangential", "shrink"]


class Model:
    """Plain tensors under PyTorch state-dict names, so weight files interchange."""

    def __init__(self, a, V, dtype=torch.float32):
        g = torch.Generator().manual_seed(a.seed)
        self.dim, self.depth, self.heads, self.qk_norm, self.mlp_kind = a.dim, a.depth, a.heads, a.qk_norm, a.mlp_kind
        self.attention = a.attention
        dim, mlp = a.dim, a.mlp

        def lin(o, i):
            return (torch.rand(o, i, generator=g, dtype=dtype) * 2 - 1) / math.sqrt(i)
        P = {"embedding.weight": torch.randn(V, dim, generator=g, dtype=dtype),
             "pos_embedding": torch.randn(3, dim, generator=g, dtype=dtype) * 0.02}
        for l in range(a.depth):
            n = f"layers.{l}."
            P[n + "norm1.g"] = torch.ones(dim, dtype=dtype)
            for q in "qkvo":
                P[n + f"attn.{q}_proj.weight"] = lin(dim, dim)
            if a.qk_norm == "rms":
                P[n + "attn.q_norm.g"] = torch.ones(dim, dtype=dtype)
                P[n + "attn.k_norm.g"] = torch.ones(dim, dtype=dtype)
            P[n + "norm2.g"] = torch.ones(dim, dtype=dtype)
            if a.mlp_kind == "silu":
                P[n + "mlp.0.weight"], P[n + "mlp.2.weight"] = lin(mlp, dim), lin(dim, mlp)
            else:
                P[n + "mlp.w1.weight"], P[n + "mlp.w2.weight"], P[n + "mlp.w3.weight"] = lin(mlp, dim), lin(mlp, dim), lin(dim, mlp)
        P["norm_final.g"] = torch.ones(dim, dtype=dtype)
        P["lm_head.weight"] = lin(V, dim)
        self.P = {k: v.requires_grad_(True) for k, v in P.items()}

    def rms(self, x, g):
        return F.normalize(x, dim=-1) * math.sqrt(self.dim) * g

    def forward(self, tok):
        P, H, D = self.P, self.heads, self.dim // self.heads
        B, T = tok.shape
        x = P["embedding.weight"][tok] + P["pos_embedding"][:T]
        for l in range(self.depth):
            n = f"layers.{l}."
            h = self.rms(x, P[n + "norm1.g"])
            q, k, v = (h @ P[n + f"attn.{c}_proj.weight"].T for c in "qkv")
            if self.qk_norm == "rms":
                q, k = self.rms(q, P[n + "attn.q_norm.g"]), self.rms(k, P[n + "attn.k_norm.g"])
            q, k, v = (t.view(B, T, H, D).transpose(1, 2) for t in (q, k, v))
            if self.qk_norm == "head":
                q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
            a = ((q @ k.transpose(-1, -2)) / math.sqrt(D)).softmax(-1)
            if self.attention == "uniform":
                a = torch.full_like(a, 1 / T)
            x = x + (a @ v).transpose(1, 2).reshape(B, T, self.dim) @ P[n + "attn.o_proj.weight"].T
            h = self.rms(x, P[n + "norm2.g"])
            if self.mlp_kind == "silu":
                x = x + F.silu(h @ P[n + "mlp.0.weight"].T) @ P[n + "mlp.2.weight"].T
            else:
                x = x + (F.silu(h @ P[n + "mlp.w1.weight"].T) * (h @ P[n + "mlp.w2.weight"].T)) @ P[n + "mlp.w3.weight"].T
        return self.rms(x[:, -1], P["norm_final.g"]) @ P["lm_head.weight"].T


def targets(names, which):
    """Names of the matrices that the chosen decay acts on."""
    if which == "all":
        return list(names)
    if which == "blocks":
        return [k for k in names if "_proj.weight" in k or ".mlp." in k]
    if which == "attn":
        return [k for k in names if "_proj.weight" in k]
    return [k for k in names if "q_proj" in k or "k_proj" in k]


def newton_schulz(W, iters):
    """Cubic Newton-Schulz from W/(||W||_F + 1e-8), towards the polar factor U V^T."""
    t = W.shape[0] > W.shape[1]
    Y = (W.T if t else W) / (W.norm() + 1e-8)
    for _ in range(iters):
        Y = 1.5 * Y - 0.5 * (Y @ Y.T) @ Y
    return Y.T if t else Y


def polar(W):
    U, _, Vh = torch.linalg.svd(W, full_matrices=False)
    return U @ Vh


def loss_of(logits, y, a):
    z = logits / a.temp
    if a.loss == "ce":
        return F.cross_entropy(z, y)
    s = torch.where(z >= 0, z + 1, 1 / (1 - z.clamp(max=0)))
    p = s / s.sum(-1, keepdim=True)
    return -p.gather(-1, y[:, None]).log().mean()


class Stepper:
    """AdamW (decoupled, decay before the update, as in PyTorch) and then the matrix decay."""

    def __init__(self, m, a):
        self.m, self.a = m, a
        self.matrix = a.decay in KINDS[2:]
        T = targets(m.P, a.targets)
        if self.matrix:
            T = [k for k in T if m.P[k].dim() == 2]
        self.T = T
        at = a.rate if a.decay == "l2" else 0.0
        self.qk = targets(m.P, "qk")
        self.M = {k: torch.zeros_like(m.P[k]) for k in self.qk}
        groups = [{"params": [m.P[k]], "share": a.qk_lr if k in self.qk else 1.0,
                   "weight_decay": (at if k in T else a.rest) / (a.qk_lr if k in self.qk else 1.0)}
                  for k in m.P if not (k in self.qk and a.qk_opt != "adam")]
        self.opt = torch.optim.AdamW(groups, lr=a.lr, betas=(0.9, a.beta2))

    def step(self, x, y, i):
        a = self.a
        for v in self.m.P.values():
            v.grad = torch.zeros_like(v)  # uniform attention leaves Q, K and their gains without one
        loss = loss_of(self.m.forward(x), y, a)
        loss.backward()
        if a.clip:
            torch.nn.utils.clip_grad_norm_(list(self.m.P.values()), a.clip)
        lr = a.lr * min(1.0, (i + 1) / a.warmup) if a.warmup else a.lr
        for g in self.opt.param_groups:
            g["lr"] = lr * g["share"]
        self.opt.step()
        if a.qk_opt != "adam":
            with torch.no_grad():
                for k in self.qk:
                    W, M = self.m.P[k], self.M[k]
                    M.mul_(a.qk_mu).add_(W.grad)
                    if a.qk_opt == "luon":
                        M.add_(W, alpha=a.qk_lambda)
                    W.sub_(20 * lr * a.qk_lr * newton_schulz(M, 5))
        if self.matrix:
            s = a.rate * (lr if a.lr_scaled else 1.0)
            with torch.no_grad():
                for k in self.T:
                    W = self.m.P[k]
                    if a.decay == "svt":
                        U, S, Vh = torch.linalg.svd(W, full_matrices=False)
                        W.copy_(U @ torch.diag((S - s).clamp(min=0)) @ Vh)
                        continue
                    D = polar(W) if a.decay == "polar" else newton_schulz(W, a.ns)
                    if a.decay == "radial":  # control: same Frobenius length as lrd, purely radial
                        D = W * (D.norm() / (W.norm() + 1e-8))
                    if a.decay == "shrink":
                        D = W * ((D * W).sum() / (W * W).sum())
                    if a.decay == "tangential":  # control: what lrd does beyond shrinking; the length of W is kept
                        n = W.norm()
                        D = D - W * ((D * W).sum() / (n * n + 1e-12))
                        W.sub_(s * D)
                        W.mul_(n / (W.norm() + 1e-8))
                        continue
                    W.sub_(s * D)
                    if a.decay == "elastic":
                        W.mul_(1 - lr * a.l2)
        return loss.item()


def table(op, p):
    """Rows (a, b, '=', c) over the whole domain, and the vocabulary size including '='."""
    if op == "s5":
        perms = list(itertools.permutations(range(5)))
        idx = {q: i for i, q in enumerate(perms)}
        n = len(perms)
        return [(i, j, n, idx[tuple(perms[i][perms[j][k]] for k in range(5))]) for i in range(n) for j in range(n)], n + 1
    f = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a * pow(b, p - 2, p),
         "sumsq": lambda a, b: a * a + b * b, "quad": lambda a, b: a * a + a * b + b * b, "cubic": lambda a, b: a ** 3 + a * b}[op]
    return [(a, b, p, f(a, b) % p) for a in range(p) for b in range(1 if op == "div" else 0, p)], p + 1


def dataset(a):
    rows, V = table(a.op, a.p)
    random.Random(a.data_seed).shuffle(rows)
    n = int(len(rows) * a.frac)
    t = torch.tensor(rows)
    return t[:n], t[n:], V


def stable_ranks(m):
    out = {}
    for k in m.P:
        if "q_proj" in k or "k_proj" in k:
            s = torch.linalg.svdvals(m.P[k].detach())
            out[k] = (s.square().sum() / s[0] ** 2).item(), s
    return out


def save_safetensors(path, tensors, meta=None):
    """float32 tensors in the safetensors layout: 8-byte header length, JSON header, little-endian data."""
    head, blobs, at = {}, [], 0
    if meta:
        head["__metadata__"] = {k: str(v) for k, v in meta.items()}
    for k in sorted(tensors):
        raw = tensors[k].detach().to(torch.float32).contiguous().numpy().tobytes()
        head[k] = {"dtype": "F32", "shape": list(tensors[k].shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw); blobs.append(raw)
    j = json.dumps(head).encode(); j += b" " * (-len(j) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(j)) + j + b"".join(blobs))


def golden(a):
    """Full-batch steps in float64 from float32 initial weights."""
    os.makedirs(a.out, exist_ok=True)
    tr, te, V = dataset(a)
    m = Model(a, V)
    keys = {"task.op": a.op, "task.p": a.p, "model.dim": a.dim, "model.depth": a.depth, "model.heads": a.heads, "model.mlp": a.mlp,
            "model.mlp_kind": a.mlp_kind, "model.qk_norm": a.qk_norm, "train.lr": a.lr, "train.batch": 0, "train.warmup": a.warmup,
            "train.clip": a.clip, "decay.kind": a.decay, "decay.strength": a.rate, "decay.targets": a.targets, "decay.rest": a.rest,
            "train.beta2": a.beta2, "train.loss": a.loss, "train.qk_opt": a.qk_opt, "train.qk_mu": a.qk_mu,
            "train.qk_lambda": a.qk_lambda, "train.qk_lr": a.qk_lr, "model.attention": a.attention, "model.temp": a.temp,
            "decay.ns_iters": a.ns, "decay.lr_scaled": int(a.lr_scaled), "decay.l2": a.l2}
    save_safetensors(f"{a.out}/init.safetensors", m.P, keys)
    with open(f"{a.out}/train_pairs.txt", "w") as f:
        f.writelines(f"{x} {y}\n" for x, y in tr[:, :2].tolist())
    m.P = {k: v.detach().double().requires_grad_(True) for k, v in m.P.items()}
    st = Stepper(m, a)
    losses = []
    for i in range(a.steps):
        losses.append(st.step(tr[:, :3], tr[:, 3], i))
        if i == 0:
            save_safetensors(f"{a.out}/grad0.safetensors", {k: v.grad for k, v in m.P.items() if v.grad is not None})
    with torch.no_grad():
        logits = m.forward(te[:32, :3])
        acc = {n: (m.forward(d[:, :3]).argmax(-1) == d[:, 3]).double().mean().item() for n, d in (("train", tr), ("test", te))}
    sr = stable_ranks(m)
    save_safetensors(f"{a.out}/final.safetensors", m.P)
    json.dump(dict(settings=keys, steps=a.steps, train_pairs=len(tr), losses=losses, accuracy=acc,
                   singular_values={k: [float(f"{x:.7g}") for x in s.tolist()] for k, (_, s) in sr.items()},
                   stable_rank={k: r for k, (r, _) in sr.items()}, probe_pairs=te[:32, :2].tolist(),
                   probe_logits=[[float(f"{x:.7g}") for x in r] for r in logits.tolist()]), open(f"{a.out}/expected.json", "w"))
    print(f"{a.out}: loss {losses[0]:.6f} -> {losses[-1]:.6f}, {acc}")


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("name")
    for n, d in (("p", 23), ("dim", 32), ("mlp", 64), ("steps", 20), ("depth", 2), ("heads", 4), ("seed", 0),
                 ("data-seed", 42), ("ns", 5), ("warmup", 0)):
        ap.add_argument("--" + n, type=int, default=d)
    for n, d in (("frac", .5), ("rate", .005), ("lr", 1e-3), ("rest", .1), ("clip", 0.0), ("l2", 0.1), ("beta2", .999),
                 ("temp", 1.0), ("qk-lr", 1.0), ("qk-mu", .95), ("qk-lambda", .5)):
        ap.add_argument("--" + n, type=float, default=d)
    for n, choices in (("decay", ["lrd"] + KINDS), ("op", ["add", "sub", "mul", "div", "sumsq", "quad", "cubic", "s5"]),
                       ("targets", ["qk", "attn", "blocks", "all"]), ("qk-norm", ["rms", "head", "off"]),
                       ("mlp-kind", ["silu", "swiglu"]), ("loss", ["ce", "stablemax"]),
                       ("attention", ["softmax", "uniform"]), ("qk-opt", ["adam", "muon", "luon"])):
        ap.add_argument("--" + n, default=choices[0], choices=choices)
    ap.add_argument("--lr-scaled", action="store_true")
    a = ap.parse_args()
    a.out = os.path.join(os.path.dirname(os.path.abspath(__file__)), a.name)
    golden(a)

"""Weights that PyTorch wrote are trained here, and those written here go back into the same model.

Both ways the model must compute the same loss, so that names, shapes, layout and arithmetic agree. The files are
written and read by hand: header length, JSON header, bytes.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
import torch
import torch_step as reference

reference.P, reference.DIM, reference.DEPTH, reference.HEADS, reference.MLP = P, DIM, DEPTH, HEADS, MLP = 13, 16, 2, 4, 24
SETTINGS = {"task.p": P, "model.dim": DIM, "model.depth": DEPTH, "model.heads": HEADS, "model.mlp": MLP,
            "train.batch": 32, "train.eval_every": 1, "train.sample_every": 0, "train.lr": 0.003}
failed = False


def report(name, good, words=""):
    global failed
    failed |= not good
    print(("ok" if good else "not ok") + " torch: " + name + ("" if good else " (%s)" % words))


def write_weights(path, tensors):
    """The header names the tensors in another order than their bytes stand in, as other writers may."""
    header, offset, data = {}, 0, b""
    for name, tensor in tensors.items():
        piece = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(piece)]}
        offset += len(piece)
        data += piece
    shuffled = {"__metadata__": {"format": "pt"}}
    shuffled.update({name: header[name] for name in sorted(header, reverse=True)})
    text = json.dumps(shuffled).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def read_weights(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(bytearray(data[slice(*entry["data_offsets"])]), dtype=torch.float32)
            .reshape(entry["shape"]) for name, entry in header.items() if entry["dtype"] == "F32"}


def loss_of(model, rows):
    with torch.no_grad():
        a, b = rows[:, 0], rows[:, 1]
        tokens = torch.stack([a, b, torch.full_like(a, P)], dim=1)
        return torch.nn.functional.cross_entropy(model.double()(tokens), (a + b) % P).item()


def near(a, b):
    return abs(a - b) <= 1e-5 * max(abs(a), abs(b), 1e-3)


def train(program, box, *words):
    command = [program, "train", "--quiet", "--log", box + "/log.jsonl", "--force"] + list(words)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        report("train", False, done.stderr.strip())
        sys.exit(1)
    with open(box + "/log.jsonl") as f:
        rows = [json.loads(line) for line in f]
    return [row for row in rows if "train_loss" in row]


def main(program, box):
    torch.manual_seed(3)
    model = reference.Transformer()
    pairs = [(a, b) for a in range(P) for b in range(P) if (a * 7 + b * 3) % 5 < 3]
    with open(box + "/pairs.txt", "w") as f:
        f.writelines("%d %d\n" % pair for pair in pairs)
    rows = torch.tensor(pairs)
    write_weights(box + "/torch.safetensors", model.state_dict())
    sets = [word for key, value in SETTINGS.items() for word in ("--set", "%s=%s" % (key, value))]
    log = train(program, box, "--init", box + "/torch.safetensors", "--pairs", box + "/pairs.txt", "--steps", "5",
                "--save", box + "/ours.safetensors", "--weights", box + "/weights.safetensors", *sets)
    expected = loss_of(model, rows)
    report("its weights give its loss here", near(log[0]["train_loss"], expected),
           "%r here, %r there" % (log[0]["train_loss"], expected))

    for name, path in (("weights", "/weights.safetensors"), ("a checkpoint", "/ours.safetensors")):
        tensors = {key: value for key, value in read_weights(box + path).items()
                   if not key.startswith(("optim.", "state."))}
        back = reference.Transformer()
        back.load_state_dict(tensors, strict=True)
        found = loss_of(back, rows)
        report(name + " of ours loads there and gives the same loss", near(log[-1]["train_loss"], found),
               "%r here, %r there" % (log[-1]["train_loss"], found))

    log = train(program, box, "--resume", box + "/ours.safetensors", "--steps", "6")
    report("and goes on here", log[-1]["step"] == 6)


with tempfile.TemporaryDirectory() as folder:
    main(sys.argv[1], folder)
sys.exit(failed)

"""PyTorch's implementation of the workloads: on the CPU with one thread or all, whichever is faster, and on a GPU with CUDA."""
import json, os, sys, time


def cannot(why):
    print(json.dumps({"cannot": why}))
    sys.exit(0)


def newest_core():
    """Returns the newest OpenBLAS kernel set that this processor supports, or None. OpenBLAS itself selects its oldest
    kernels for a processor that it does not know."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = next((line for line in file if line.startswith("flags")), "").split()
    except OSError:
        return None
    return "SkylakeX" if "avx512vl" in flags else "Haswell" if "avx2" in flags else None


core = newest_core()
if core:
    os.environ.setdefault("OPENBLAS_CORETYPE", core)

try:
    import torch
except ImportError:
    cannot("is not installed")
import torch.nn as nn, torch.nn.functional as F

device, workload, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
gpu = device == "webgpu"
if gpu and not torch.cuda.is_available():
    cannot("finds no GPU that CUDA can use")
if gpu and not hasattr(torch, "set_default_device"):
    cannot(f"is version {torch.__version__}; measuring a GPU requires 2.0 or newer")
if workload == "adapter":
    print(json.dumps({"name": torch.cuda.get_device_name() if gpu else "CPU", "version": torch.__version__}))
    sys.exit(0)


def waiting(f):
    def run():
        f()
        torch.cuda.synchronize()
    return run


def measure(f, seconds, units=1):
    for _ in range(3):
        f()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        t = time.perf_counter()
        f()
        times.append((time.perf_counter() - t) * 1e3 / units)
    times.sort()
    at = lambda q: times[min(len(times) - 1, int(q * len(times)))]
    return {"median": at(0.5), "low": at(0.25), "high": at(0.75), "calls": len(times)}


def cnn():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))


def mlp(*sizes):
    layers = [nn.Flatten()]
    for i, o in zip(sizes, sizes[1:]):
        layers += [nn.Linear(i, o), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class RowLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(28, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.fc(self.lstm(x)[0][:, -1])


class GPT(nn.Module):
    def __init__(self, width=128, heads=4, layers=2, context=64, vocabulary=96):
        super().__init__()
        self.tok, self.pos = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary)
        self.register_buffer("mask", torch.full((context, context), float("-inf")).triu(1))

    def forward(self, ids):
        x = self.tok(ids) + self.pos(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x)).flatten(0, 1)


def images(batch):
    return torch.randn(batch, 1, 28, 28), torch.randint(0, 10, (batch,))


def step(model, data):
    x, y = data
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def run():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if gpu:
            loss.item()
    return run, 1


def launches(count, elements):
    x, y = torch.randn(elements), torch.randn(elements)

    def run():
        total = x
        for _ in range(count):
            total = total + y
    return run, count


def prepare(name):
    if name.startswith("matmul-"):
        n = int(name[7:])
        a, b = torch.randn(n, n), torch.randn(n, n)
        return (lambda: a @ b), 1
    if name == "launches":
        return launches(1000, 128)
    one, grad = torch.ones(1), torch.ones(1, requires_grad=True)
    if name == "tiny-add":
        return (lambda: [one + one for _ in range(1000)]), 1000
    if name == "tiny-add-backward":
        return (lambda: [(grad + one).backward() for _ in range(100)]), 100
    if name == "pointwise-1m":
        a, b = torch.randn(1_000_000), torch.randn(1_000_000)
        return (lambda: (a * b + 1).relu().sum()), 1
    c = torch.randn(1024, 1024)
    if name == "softmax-1024":
        return (lambda: F.softmax(c, -1)), 1
    if name == "transpose-copy-1024":
        return (lambda: c.t().contiguous()), 1
    if name == "mlp":
        return step(mlp(784, 128, 10), images(64))
    if name == "mlp512":
        return step(mlp(784, 512, 512, 10), images(128))
    if name == "cnn":
        return step(cnn(), images(64))
    if name == "cnn-infer-1":
        model, x = cnn().eval().requires_grad_(False), torch.randn(1, 1, 28, 28)
        return (lambda: model(x)), 1
    if name == "lstm":
        return step(RowLSTM(), (torch.randn(64, 28, 28), torch.randint(0, 10, (64,))))
    if name == "gpt":
        return step(GPT(), (torch.randint(0, 96, (16, 64)), torch.randint(0, 96, (1024,))))
    raise SystemExit(f'there is no workload "{name}"')


if gpu:
    torch.set_default_device("cuda")
best = None
for threads in [1] if gpu else sorted({1, os.cpu_count() or 1}):
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    run, units = prepare(workload)
    found = measure(waiting(run) if gpu else run, seconds if gpu else seconds / 2, units)
    if best is None or found["median"] < best["median"]:
        best = found
print(json.dumps(best))

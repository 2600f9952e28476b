"""Programs with one mistake each, of the families in `mistakes.json` but written otherwise, and correct ones beside them.

Each: what it shows -> (the mistake's id, its severity, the line of its cause, the program).
"""

WRONG = {
    # --- cut paths
    "detach inside forward": ("detach-cuts", "warning", 9, """import torch, torch.nn as nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.last = nn.Linear(4, 1)
    def forward(self, x):
        h = torch.relu(self.first(x)).detach()
        return self.last(h)
net = Net()
optimizer = torch.optim.Adam(net.parameters())
for epoch in range(3):
    optimizer.zero_grad()
    net(torch.randn(5, 3)).pow(2).mean().backward()
    optimizer.step()
"""),
    "no_grad left on in forward": ("no-grad-cuts", "warning", 9, """import torch, torch.nn as nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.decode = nn.Linear(3, 4), nn.Linear(4, 1)
    def forward(self, x):
        with torch.no_grad():
            h = self.encode(x)
        return self.decode(h)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
optimizer.zero_grad()
net(torch.randn(5, 3)).sum().backward()
optimizer.step()
"""),
    "a round trip through NumPy": ("detach-cuts", "warning", 4, """import torch, numpy as np
a = torch.tensor([1., 2.], requires_grad=True)
b = torch.tensor([3., 4.], requires_grad=True)
rooted = torch.from_numpy(np.sqrt(a.detach().numpy()))
loss = (rooted * b).sum()
loss.backward()
"""),
    "torch.tensor(loss)": ("item-rewrap", "warning", 4, """import torch
w = torch.ones(3, requires_grad=True)
loss = (w * 2).sum()
total = torch.tensor(loss, requires_grad=True)
total.backward()
"""),
    "items summed, then made a tensor": ("item-rewrap", "warning", 5, """import torch
w = torch.tensor([1., 2.], requires_grad=True)
total = 0.0
for x in (1.0, 2.0, 3.0):
    total += (w * x).sum().item()
loss = torch.tensor(total, requires_grad=True)
loss.backward()
"""),
    "items summed, then backward": ("item-then-backward", "error", 5, """import torch
w = torch.tensor([1., 2.], requires_grad=True)
total = 0.0
for x in (1.0, 2.0, 3.0):
    total += (w * x).sum().item()
total.backward()
"""),
    "data of a hidden layer": ("data-cuts", "warning", 5, """import torch
first = torch.ones(2, 2, requires_grad=True)
last = torch.ones(2, 1, requires_grad=True)
x = torch.ones(3, 2)
hidden = torch.tanh(x @ first).data
error = (hidden @ last - 1).square().mean()
error.backward()
"""),
    "detach in a helper": ("detach-cuts", "warning", 3, """import torch
def scale(t):
    return t.detach() / 2
u = torch.tensor(2., requires_grad=True)
v = torch.tensor(3., requires_grad=True)
(scale(u) * v).backward()
"""),
    "loss made to require grad": ("detach-cuts", "warning", 3, """import torch
k = torch.ones(2, requires_grad=True)
loss = (k ** 3).sum().detach().requires_grad_()
loss.backward()
"""),
    "a Parameter from a computed one": ("parameter-cuts-graph", "warning", 4, """import torch
from torch.nn import Parameter
base = torch.full((3,), 2., requires_grad=True)
weight = Parameter(base.exp())
(weight * 3).sum().backward()
"""),
    "rounded to int and back": ("cast-int-cuts", "warning", 3, """import torch
scores = torch.tensor([0.4, 1.6], requires_grad=True)
rounded = scores.to(torch.int64).to(torch.float32)
result = rounded * 3
"""),
    "a threshold as a loss": ("comparison-cuts", "error", 3, """import torch
z = torch.tensor([0.2, -0.4], requires_grad=True)
hits = (z > 0).float()
loss = 1 - hits.mean()
loss.backward()
"""),
    "argsort": ("argmax-nondiff", "error", 3, """import torch
v = torch.tensor([3., 1., 2.], requires_grad=True)
order = v.argsort()
order.float().sum().backward()
"""),
    "no_grad as a decorator": ("loss-under-no-grad", "error", 4, """import torch
@torch.no_grad()
def objective(p):
    return (p ** 2).sum()
p = torch.ones(2, requires_grad=True)
objective(p).backward()
"""),
    "inference_mode around the loss": ("loss-under-no-grad", "error", 4, """import torch
p = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    cost = (p * 3).sum()
cost.backward()
"""),
    "model evaluated under no_grad, then backward": ("loss-under-no-grad", "error", 4, """import torch
net = torch.nn.Linear(2, 1)
with torch.no_grad():
    out = net(torch.ones(1, 2))
out.sum().backward()
"""),
    "recording off for good, in a function": ("grad-disabled-globally", "error", 3, """import torch
def evaluate():
    torch.set_grad_enabled(False)
evaluate()
q = torch.ones(3, requires_grad=True)
(q * q).sum().backward()
"""),
    "all weights without requires_grad": ("no-grad-fn", "error", 3, """import torch
x = torch.linspace(0, 1, 5)
slope = torch.zeros(1)
bias = torch.zeros(1)
loss = (slope * x + bias - 2 * x).pow(2).mean()
loss.backward()
"""),
    "second derivative by .grad": ("double-backward-no-create-graph", "error", 4, """import torch
t = torch.tensor(2., requires_grad=True)
y = t ** 4
y.backward()
t.grad.backward()
"""),
    # --- freed graphs
    "backward twice": ("backward-twice", "error", 5, """import torch
a = torch.tensor([1., 2.], requires_grad=True)
out = a.pow(2).sum()
out.backward()
out.backward()
"""),
    "a shared encoder, two heads": ("two-losses-shared-graph", "error", 6, """import torch, torch.nn as nn
torch.manual_seed(0)
encoder, left, right = nn.Linear(3, 3), nn.Linear(3, 1), nn.Linear(3, 1)
code = torch.tanh(encoder(torch.ones(2, 3)))
first, second = left(code).sum(), right(code).sum()
first.backward()
second.backward()
"""),
    "features computed before the loop": ("graph-outside-loop", "error", 5, """import torch, torch.nn as nn
torch.manual_seed(0)
encoder, head = nn.Linear(3, 3), nn.Linear(3, 1)
data = torch.ones(2, 3)
features = torch.sigmoid(encoder(data))
for step in range(3):
    head.zero_grad()
    encoder.zero_grad()
    loss = head(features).pow(2).sum()
    loss.backward()
"""),
    "the loss computed before the loop": ("graph-outside-loop", "error", 3, """import torch
w = torch.ones(2, requires_grad=True)
loss = (w ** 2).sum()
for step in range(3):
    loss.backward()
"""),
    "an RNN's state kept": ("rnn-hidden-not-detached", "error", 7, """import torch, torch.nn as nn
torch.manual_seed(0)
cell, read = nn.RNNCell(2, 3), nn.Linear(3, 1)
state = torch.zeros(1, 3)
optimizer = torch.optim.SGD([*cell.parameters(), *read.parameters()], lr=0.1)
for step in range(4):
    state = cell(torch.ones(1, 2), state)
    loss = read(state).pow(2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""),
    "losses summed over steps": ("rnn-hidden-not-detached", "error", 5, """import torch
w = torch.tensor(1., requires_grad=True)
total = torch.zeros(())
for x in (1., 2., 3.):
    total = total + (w * x - 1) ** 2
    total.backward()
"""),
    "autograd.grad twice": ("backward-twice", "error", 5, """import torch
m = torch.tensor(2., requires_grad=True)
n = m.exp()
torch.autograd.grad(n, m)
torch.autograd.grad(n, m)
"""),
    # --- changed in place
    "a sigmoid's output changed": ("inplace-changes-saved", "error", 4, """import torch
x = torch.zeros(3, requires_grad=True)
s = torch.sigmoid(x)
s *= 2
s.sum().backward()
"""),
    "changed through a view": ("inplace-changes-saved", "error", 6, """import torch
x = torch.ones(4, requires_grad=True)
h = x * 2
y = h * h
part = h[1:3]
part += 1
y.sum().backward()
"""),
    "changed by a method": ("inplace-changes-saved", "error", 5, """import torch
x = torch.ones(3, requires_grad=True)
e = x.exp()
y = e * 3
e.add_(1)
y.sum().backward()
"""),
    "changed in a helper": ("inplace-changes-saved", "error", 3, """import torch
def normalise(t):
    t /= t.sum()
    return t
x = torch.ones(3, requires_grad=True)
raw = x ** 2
out = raw.sqrt()
normalise(out)
out.sum().backward()
"""),
    "an index assigned after use": ("inplace-changes-saved", "error", 5, """import torch
x = torch.ones(3, requires_grad=True)
h = x + 0
y = h * h
h[0] = 5.0
y.sum().backward()
"""),
    "inplace=True on a saved tensor": ("inplace-changes-saved", "error", 5, """import torch, torch.nn.functional as F
x = torch.tensor([1., -2.], requires_grad=True)
h = x * 2
squared = h ** 2
active = F.relu(h, inplace=True)
(squared.sum() + active.sum()).backward()
"""),
    "a running sum in a tensor": ("inplace-loop-index", "error", 5, """import torch
decay = torch.tensor(0.9, requires_grad=True)
values = torch.zeros(5)
for i in range(1, 5):
    values[i] = values[i - 1] * decay + 1
values.sum().backward()
"""),
    "a step between two backwards": ("param-step-between", "error", 9, """import torch
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
adam = torch.optim.Adam(model.parameters())
prediction = model(torch.ones(4, 2))
a = prediction.mean()
b = prediction.square().mean()
a.backward(retain_graph=True)
adam.step()
b.backward()
"""),
    "a leaf filled by a method": ("inplace-leaf-update", "error", 3, """import torch
bias = torch.zeros(2, requires_grad=True)
bias.add_(1.0)
"""),
    "parameters updated without no_grad": ("inplace-leaf-update", "error", 6, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
net(torch.ones(3, 2)).sum().backward()
for p in net.parameters():
    p -= 0.1 * p.grad
"""),
    "a row of a leaf written": ("inplace-leaf-view", "error", 3, """import torch
table = torch.zeros(3, 2, requires_grad=True)
table[1] = torch.ones(2)
"""),
    # --- what a tensor is
    "arange cannot require grad": ("int-requires-grad", "error", 2, """import torch
n = torch.arange(5, requires_grad=True)
"""),
    "requires_grad_ on integers": ("int-requires-grad", "error", 3, """import torch
ids = torch.tensor([1, 2, 3])
ids.requires_grad_()
"""),
    "requires_grad_(False) on a result": ("requires-grad-false-nonleaf", "error", 4, """import torch
net = torch.nn.Linear(2, 2)
out = net(torch.ones(1, 2))
out.requires_grad_(False)
"""),
    "weights scaled after they were made": ("init-scale-nonleaf", "warning", 4, """import torch
torch.manual_seed(0)
def fit():
    theta = torch.randn(4, requires_grad=True) / 2
    loss = (theta - 1).pow(2).sum()
    loss.backward()
    return theta
fit()
"""),
    "moved to double after requires_grad": ("to-dtype-nonleaf", "warning", 2, """import torch
coefficients = torch.zeros(3, requires_grad=True).double()
((coefficients - 1) ** 2).sum().backward()
"""),
    "a Parameter scaled": ("init-scale-nonleaf", "warning", 5, """import torch, torch.nn as nn
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2)) * 0.1
    def forward(self, x):
        return x * self.weight
scale = Scale()
scale(torch.ones(2)).sum().backward()
"""),
    "the update rebinds the name": ("rebind-update", "error", 8, """import torch
x = torch.linspace(0, 1, 4)
slope = torch.tensor(0.5, requires_grad=True)
rate = 0.1
for epoch in range(3):
    loss = (slope * x - x).pow(2).mean()
    loss.backward()
    slope = slope - rate * slope.grad
"""),
    "the update rebinds under no_grad": ("rebind-update-no-grad", "error", 6, """import torch
b = torch.zeros(2, requires_grad=True)
for epoch in range(3):
    ((b - 1) ** 2).sum().backward()
    with torch.no_grad():
        b = b - 0.2 * b.grad
"""),
    "NumPy's mean of a tensor": ("numpy-function", "error", 3, """import torch, numpy as np
v = torch.ones(3, requires_grad=True)
m = np.mean(v)
"""),
    "a plot of a graph's tensor": ("numpy-requires-grad", "error", 4, """import torch
import matplotlib.pyplot as plt
curve = torch.linspace(0, 1, 5).requires_grad_() ** 2
plt.plot(curve)
"""),
    "numpy() of an output": ("numpy-requires-grad", "error", 3, """import torch
net = torch.nn.Linear(2, 1)
values = net(torch.ones(3, 2)).numpy()
"""),
    "a hook on a tensor outside": ("hook-no-grad", "error", 3, """import torch
c = torch.ones(2)
c.register_hook(print)
"""),
    "a while on a tensor": ("bool-of-tensor", "error", 3, """import torch
d = torch.tensor([1., 2.], requires_grad=True)
while d > 0:
    d = d - 1
"""),
    "item of several": ("item-of-many", "error", 3, """import torch
e = torch.ones(3, requires_grad=True)
print((e * 2).item())
"""),
    "backward on a vector": ("backward-on-vector", "error", 4, """import torch
f = torch.ones(3, requires_grad=True)
g = f * 2
g.backward()
"""),
    "zeroing what is not there": ("zero-grad-none", "error", 4, """import torch
params = [torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)]
for p in params:
    p.grad.zero_()
"""),
    "grad of an input that is not used": ("grad-unused-input", "error", 5, """import torch
u = torch.tensor(1., requires_grad=True)
v = torch.tensor(2., requires_grad=True)
w = u.sin()
torch.autograd.grad(w, (u, v))
"""),
    "grad of a view made later": ("grad-of-input-alias", "error", 5, """import torch
points = torch.rand(3, 2, requires_grad=True)
energy = points.pow(2).sum()
first = points[:, 0]
force = torch.autograd.grad(energy, first)
"""),
    # --- order
    "two optimizers' steps without zero_grad": ("no-zero-grad", "warning", 6, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(5):
    net(torch.ones(4, 2)).pow(2).mean().backward()
    opt.step()
"""),
    "by hand without clearing": ("no-zero-grad", "warning", 5, """import torch
w = torch.tensor([1., 2.], requires_grad=True)
for epoch in range(4):
    loss = (w ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
"""),
    "cleared once, before the loop": ("no-zero-grad", "warning", 10, """import torch
torch.manual_seed(0)
model = torch.nn.Linear(3, 1)
optim = torch.optim.Adam(model.parameters())
x, y = torch.randn(8, 3), torch.randn(8, 1)
optim.zero_grad()
def train():
    for _ in range(4):
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optim.step()
train()
"""),
    "zero_grad in the wrong place, in a loop": ("zero-grad-after-backward", "warning", 8, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    loss = net(torch.ones(4, 2)).pow(2).mean()
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
"""),
    "clipped before backward, in a loop": ("clip-before-backward", "warning", 8, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    optimizer.zero_grad()
    loss = net(torch.ones(4, 2)).pow(2).mean()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    loss.backward()
    optimizer.step()
"""),
    "retain_grad after the loop": ("retain-grad-too-late", "warning", 5, """import torch
x = torch.ones(2, requires_grad=True)
mid = x.exp()
mid.mean().backward()
mid.retain_grad()
print(mid.grad)
"""),
    "a hook on a parameter, too late": ("hook-registered-late", "warning", 4, """import torch
net = torch.nn.Linear(2, 1)
net(torch.ones(1, 2)).sum().backward()
net.weight.register_hook(lambda g: g * 2)
"""),
    "retain_grad on a parameter": ("retain-grad-leaf", "note", 3, """import torch
net = torch.nn.Linear(2, 1)
net.weight.retain_grad()
net(torch.ones(1, 2)).sum().backward()
"""),
    "the optimizer never steps": ("optimizer-never-steps", "warning", 8, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(4):
    optimizer.zero_grad()
    loss = net(torch.ones(4, 2)).pow(2).mean()
    loss.backward()
"""),
    # --- what optimizers and modules hold
    "layers in a list": ("unregistered-layers", "warning", 5, """import torch, torch.nn as nn
class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
        self.head = nn.Linear(2, 1)
    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.head(x)
deep = Deep()
optimizer = torch.optim.SGD(deep.parameters(), lr=0.1)
optimizer.zero_grad()
deep(torch.ones(3, 2)).sum().backward()
optimizer.step()
"""),
    "layers in a dictionary": ("unregistered-layers", "warning", 5, """import torch, torch.nn as nn
class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = {"a": nn.Linear(2, 2), "b": nn.Linear(2, 2)}
        self.out = nn.Linear(2, 1)
    def forward(self, x):
        return self.out(self.parts["b"](self.parts["a"](x)))
named = Named()
opt = torch.optim.Adam(named.parameters())
opt.zero_grad()
named(torch.ones(3, 2)).sum().backward()
opt.step()
"""),
    "only unregistered layers": ("unregistered-layers", "error", 9, """import torch, torch.nn as nn
class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 1)]
    def forward(self, x):
        return self.layers[1](self.layers[0](x))
deep = Deep()
optimizer = torch.optim.SGD(deep.parameters(), lr=0.1)
"""),
    "a gate that is no Parameter": ("tensor-not-parameter", "warning", 6, """import torch, torch.nn as nn
class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 2)
        self.gate = torch.randn(2, requires_grad=True)
    def forward(self, x):
        return self.inner(x) * torch.sigmoid(self.gate)
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Gate()
    def forward(self, x):
        return self.block(x).sum()
model = Model()
adam = torch.optim.Adam(model.parameters())
adam.zero_grad()
model(torch.ones(3, 2)).backward()
adam.step()
"""),
    "the model made anew after the optimizer": ("optimizer-holds-old-tensor", "warning", 5, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
net = torch.nn.Linear(2, 1)
for epoch in range(2):
    optimizer.zero_grad()
    net(torch.ones(3, 2)).pow(2).sum().backward()
    optimizer.step()
"""),
    "a weight made anew": ("optimizer-holds-old-tensor", "warning", 4, """import torch
theta = torch.zeros(2, requires_grad=True)
opt = torch.optim.Adam([theta], lr=0.1)
theta = torch.ones(2, requires_grad=True)
opt.zero_grad()
(theta ** 2).sum().backward()
opt.step()
"""),
    "a frozen bias": ("frozen-parameter", "warning", 4, """import torch
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
net[1].bias.requires_grad_(False)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
opt.zero_grad()
net(torch.ones(1, 2)).sum().backward()
opt.step()
"""),
    "a constant in the optimizer": ("optimizer-holds-constant", "warning", 3, """import torch
w = torch.ones(2, requires_grad=True)
b = torch.zeros(2)
opt = torch.optim.SGD([w, b], lr=0.1)
opt.zero_grad()
((w + b) ** 2).sum().backward()
opt.step()
"""),
    "super().__init__ forgotten": ("missing-super-init", "error", 4, """import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 1)
net = Net()
"""),
    "a parameter replaced by a tensor": ("parameter-assigned-tensor", "error", 3, """import torch
net = torch.nn.Linear(2, 1)
net.weight = torch.zeros(1, 2)
"""),
    "a computed tensor in an optimizer": ("optimizer-nonleaf", "error", 3, """import torch
w = torch.randn(3, requires_grad=True) * 0.1
opt = torch.optim.SGD([w], lr=0.1)
"""),
    # --- shapes and dtypes
    "a regression's targets without a column": ("mse-broadcast-warning", "warning", 9, """import torch
torch.manual_seed(0)
x = torch.randn(6, 2)
y = x.sum(1)
model = torch.nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    opt.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
"""),
    "a difference stretched, in a function": ("manual-broadcast", "warning", 5, """import torch
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
def mse(target, output):
    return torch.mean((target - output) ** 2)
mse(torch.randn(7), model(torch.randn(7, 2))).backward()
"""),
    "a layer of the wrong size": ("matmul-shape", "error", 3, """import torch
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(5, 1))
net(torch.ones(2, 3))
"""),
    "sizes that do not stretch": ("shape-mismatch", "error", 4, """import torch
a = torch.ones(3, requires_grad=True)
b = torch.ones(4)
c = a + b
"""),
    "a view of the wrong size": ("reshape-size", "error", 3, """import torch
a = torch.arange(6.).requires_grad_()
a.view(4, 2)
"""),
    "float64 data by hand": ("dtype-mismatch", "error", 3, """import torch, numpy as np
torch.manual_seed(0)
data = torch.tensor(np.linspace(0, 1, 6).reshape(3, 2))
weights = torch.randn(2, 1, requires_grad=True)
out = data @ weights
"""),
    "classes as floats, by module": ("cross-entropy-float-target", "error", 4, """import torch
loss_fn = torch.nn.CrossEntropyLoss()
scores = torch.zeros(3, 2, requires_grad=True)
classes = torch.tensor([0., 1., 1.])
loss_fn(scores, classes)
"""),
    "a class too many": ("class-out-of-range", "error", 4, """import torch
scores = torch.zeros(2, 3, requires_grad=True)
classes = torch.tensor([1, 3])
torch.nn.functional.cross_entropy(scores, classes)
"""),
    "scores given to binary_cross_entropy": ("bce-logits", "error", 4, """import torch
import torch.nn.functional as F
raw = torch.tensor([3., -2.], requires_grad=True)
F.binary_cross_entropy(raw, torch.tensor([1., 0.]))
"""),
    "BatchNorm with one sample": ("batchnorm-one-sample", "error", 3, """import torch
norm = torch.nn.BatchNorm1d(2)
norm(torch.ones(1, 2))
"""),
    "softmax before CrossEntropyLoss": ("softmax-before-cross-entropy", "warning", 5, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 3)
x, y = torch.randn(4, 2), torch.tensor([0, 1, 2, 1])
probabilities = torch.softmax(net(x), dim=1)
torch.nn.functional.cross_entropy(probabilities, y).backward()
"""),
    # --- values
    "a dead layer": ("dead-relu", "warning", 8, """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
nn.init.constant_(net[0].bias, -100.)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    optimizer.zero_grad()
    net(torch.ones(4, 2)).pow(2).mean().backward()
    optimizer.step()
"""),
    "a saturated sigmoid": ("saturated", "warning", 3, """import torch
w = torch.tensor([200., 300.], requires_grad=True)
p = torch.sigmoid(w)
(p - 0.5).pow(2).sum().backward()
"""),
    "round has no slope": ("flat-function", "warning", 3, """import torch
r = torch.tensor([0.4, 1.7], requires_grad=True)
(torch.round(r) - 1).pow(2).sum().backward()
"""),
    "two layers of zeros": ("zero-init", "warning", 4, """import torch
torch.manual_seed(0)
x, y = torch.randn(5, 2), torch.randn(5, 1)
a = torch.zeros(2, 4, requires_grad=True)
b = torch.zeros(4, 1, requires_grad=True)
for step in range(3):
    a.grad = b.grad = None
    loss = ((torch.sin(x @ a) @ b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        a -= 0.1 * a.grad
        b -= 0.1 * b.grad
"""),
    "a norm at zero": ("sqrt-square-nan", "warning", 3, """import torch
p = torch.zeros(3, requires_grad=True)
length = (p ** 2).sum().sqrt()
length.backward()
"""),
    "a rate too high, with an optimizer": ("exploding-gradient", "warning", 9, """import torch
torch.manual_seed(0)
w = torch.tensor([1.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=5.0)
for step in range(100):
    optimizer.zero_grad()
    loss = (w ** 2).sum()
    loss.backward()
    optimizer.step()
"""),
    "a logarithm of zero": ("nan-born-in-forward", "warning", 3, """import torch
q = torch.tensor([0.5, 0.0], requires_grad=True)
loss = -torch.log(q).sum()
loss.backward()
"""),
    "a root in an unused branch": ("sqrt-square-nan", "warning", 3, """import torch
x = torch.tensor([0., 4.], requires_grad=True)
y = torch.where(x > 0, torch.sqrt(x), torch.zeros(2))
y.sum().backward()
"""),
    # --- what autograd cannot see, and what it keeps
    "changed through .data": ("data-changes-saved", "warning", 4, """import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x.exp()
y.data.mul_(10)
y.sum().backward()
"""),
    "a weight changed through .data before backward": ("data-changes-saved", "warning", 4, """import torch
w = torch.tensor([1., 2.], requires_grad=True)
loss = (w ** 2).sum()
w.data -= 0.5
loss.backward()
"""),
    "changed through NumPy": ("data-changes-saved", "warning", 5, """import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x ** 3
numbers = x.detach().numpy()
numbers[0] = 7.
y.sum().backward()
"""),
    "losses gathered with their graphs": ("graphs-kept", "warning", 11, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
losses = []
for step in range(5):
    loss = net(torch.ones(3, 2)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    losses.append(loss)
"""),
    "a running loss with its graphs": ("graphs-kept", "warning", 11, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
running = 0.0
for step in range(5):
    loss = net(torch.ones(3, 2)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    running += loss
"""),
    "forward() by its name": ("forward-called-directly", "note", 3, """import torch
net = torch.nn.Linear(2, 1)
net.forward(torch.ones(1, 2)).sum().backward()
"""),
    "the .grad of a computed tensor": ("grad-of-nonleaf", "warning", 5, """import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.sum().backward()
print(y.grad)
"""),
    "a generator used up": ("parameters-used-up", "error", 6, """import torch
net = torch.nn.Linear(2, 1)
weights = net.parameters()
for w in weights:
    torch.nn.init.normal_(w)
optimizer = torch.optim.SGD(weights, lr=0.1)
"""),
    "a seed of another shape": ("grad-output-shape", "error", 3, """import torch
y = torch.ones(3, requires_grad=True) * 2
y.backward(torch.ones(2))
"""),
    "a tensor of inference_mode": ("inference-tensor", "error", 5, """import torch
with torch.inference_mode():
    features = torch.ones(2)
w = torch.ones(2, requires_grad=True)
loss = (w * features).sum()
"""),
    "a scheduler before the first step": ("scheduler-before-step", "warning", 6, """import torch
net = torch.nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
plan = torch.optim.lr_scheduler.StepLR(opt, 1)
net(torch.ones(1, 2)).sum().backward()
plan.step()
opt.step()
"""),
    # --- second names and custom Functions
    "a parameter remembered by name": ("alias-not-copy", "warning", 4, """import torch
torch.manual_seed(0)
net = torch.nn.Linear(2, 1)
before = net.weight
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
net(torch.ones(3, 2)).sum().backward()
optimizer.step()
print(torch.equal(before, net.weight))
"""),
    "a cube with a wrong power": ("custom-function-wrong-grad", "warning", 10, """import torch
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        return scale * x ** 3
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x, None
v = torch.tensor([2., 3.], requires_grad=True)
Cube.apply(v, 2.0).sum().backward()
"""),
    "too few gradients returned": ("custom-function-grad-count", "error", 11, """import torch
class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b
    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad * b
Product.apply(torch.ones(1, requires_grad=True), torch.ones(1)).backward()
"""),
    "a Function made first, called later": ("custom-function-called-directly", "error", 10, """import torch
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x
    @staticmethod
    def backward(ctx, grad):
        return 2 * grad
twice = Twice()
twice(torch.ones(1, requires_grad=True))
"""),
    # --- where a backward begins, steps and clips out of order
    "backward on a leaf": ("backward-on-leaf", "note", 5, """import torch
w = torch.ones(2)
y = (w * 3).sum()
y.requires_grad_()
y.backward()
"""),
    "steps without a backward": ("step-without-backward", "note", 7, """import torch
w = torch.ones(3, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(3):
    optimizer.zero_grad()
    loss = (w ** 2).sum()
    optimizer.step()
"""),
    "clipped after the step": ("clip-after-step", "warning", 9, """import torch
w = torch.tensor([3.], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.01)
for step in range(3):
    optimizer.zero_grad()
    loss = (w ** 4).sum()
    loss.backward()
    optimizer.step()
    torch.nn.utils.clip_grad_norm_([w], 1.0)
"""),
    # --- through containers, other models and other losses
    "detach in a comprehension": ("detach-cuts", "warning", 4, """import torch
ws = [torch.randn(3, requires_grad=True) for _ in range(3)]
x = torch.ones(3)
hs = [(w * x).detach() for w in ws]
b = torch.ones(3, requires_grad=True)
loss = (sum(h * 2 for h in hs) * b).sum()
loss.backward()
"""),
    "layers in lists inside a list": ("unregistered-layers", "warning", 6, """import torch, torch.nn as nn
torch.manual_seed(0)
class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = [[nn.Linear(3, 3), nn.Tanh()] for _ in range(2)]
        self.out = nn.Linear(3, 1)
    def forward(self, x):
        for lin, act in self.blocks:
            x = act(lin(x))
        return self.out(x)
net = Deep()
opt = torch.optim.Adam(net.parameters())
for _ in range(2):
    loss = net(torch.randn(4, 3)).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
"""),
    "targets of another shape than BCELoss wants": ("target-shape", "error", 4, """import torch, torch.nn as nn
torch.manual_seed(0)
out = torch.sigmoid(nn.Linear(2, 1)(torch.randn(4, 2)))
loss = nn.BCELoss()(out, torch.tensor([1., 0., 1., 0.]))
loss.backward()
"""),
    "a likelihood written out, stretched": ("manual-broadcast", "warning", 5, """import torch, torch.nn as nn
torch.manual_seed(0)
p = torch.sigmoid(nn.Linear(2, 1)(torch.randn(4, 2)))
y = torch.tensor([1., 0., 1., 0.])
loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
loss.backward()
"""),
    "an optimizer of a layer that was replaced": ("optimizer-holds-others", "warning", 5, """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 10))
opt = torch.optim.SGD(net[2].parameters(), lr=.1)
net[2] = nn.Linear(4, 2)
for _ in range(2):
    loss = nn.functional.cross_entropy(net(torch.randn(5, 3)), torch.tensor([0, 1, 0, 1, 1]))
    opt.zero_grad(); loss.backward(); opt.step()
"""),
    "a head replaced after the optimizer was built": ("optimizer-holds-old-tensor", "warning", 5, """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 10))
opt = torch.optim.SGD(net.parameters(), lr=.1)
net[2] = nn.Linear(4, 2)
for _ in range(2):
    loss = nn.functional.cross_entropy(net(torch.randn(5, 3)), torch.tensor([0, 1, 0, 1, 1]))
    opt.zero_grad(); loss.backward(); opt.step()
"""),
    "an optimizer of another model": ("optimizer-holds-others", "warning", 5, """import torch, torch.nn as nn
torch.manual_seed(0)
student = nn.Linear(3, 1)
teacher = nn.Linear(3, 1)
opt = torch.optim.SGD(teacher.parameters(), lr=.1)
for _ in range(3):
    loss = student(torch.randn(5, 3)).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
"""),
    "a decoder that no optimizer holds": ("optimizer-misses-parameters", "note", 5, """import torch, torch.nn as nn
torch.manual_seed(0)
enc = nn.Linear(3, 2)
dec = nn.Linear(2, 3)
opt = torch.optim.Adam(enc.parameters(), lr=.01)
for _ in range(3):
    x = torch.randn(5, 3)
    loss = (dec(enc(x)) - x).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
"""),
    "step() before backward()": ("step-before-backward", "warning", 7, """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=.1)
for _ in range(5):
    loss = net(torch.randn(4, 2)).pow(2).mean()
    opt.step()
    opt.zero_grad()
    loss.backward()
"""),
    "scores given to nll_loss": ("nll-without-log-softmax", "warning", 6, """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=.1)
y = torch.tensor([0, 1, 2, 0, 1])
loss = nn.functional.nll_loss(net(torch.randn(5, 4)), y)
opt.zero_grad(); loss.backward(); opt.step()
"""),
    "a weight's data remembered": ("alias-not-copy", "warning", 6, """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=.1)
x = torch.randn(4, 2)
before = net.weight.data
for _ in range(3):
    loss = net(x).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print((before == net.weight).all())
"""),
    "a number by math.exp": ("item-rewrap", "warning", 5, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
import math
ls = torch.tensor(0.1, requires_grad=True); mu = torch.tensor(0.2, requires_grad=True)
sigma = math.exp(ls)
loss = (mu / sigma) ** 2
loss.backward()
"""),
    "places by topk": ("argmax-nondiff", "error", 4, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
scores = torch.randn(5, requires_grad=True)
idx = scores.topk(2).indices.float()
idx.sum().backward()
"""),
    "a difference by a function, stretched": ("manual-broadcast", "warning", 5, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(3, 1)
x, y = torch.randn(6, 3), torch.randn(6)
d = torch.sub(net(x), y)
(d * d).mean().backward()
"""),
    "a model made anew in a method": ("optimizer-holds-old-tensor", "warning", 7, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
class T:
    def __init__(self):
        self.net = nn.Linear(2, 1)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=.1)
    def reset(self): self.net = nn.Linear(2, 1)
    def step(self):
        l = self.net(torch.randn(4, 2)).pow(2).mean(); self.opt.zero_grad(); l.backward(); self.opt.step()
t = T()
t.reset()
for _ in range(3): t.step()
"""),
    "one-hot rows of whole numbers": ("cross-entropy-float-target", "error", 4, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(4, 3)
F.cross_entropy(net(torch.randn(2, 4)), F.one_hot(torch.tensor([1, 2]), 3)).backward()
"""),
    "an index of floats": ("index-not-whole", "error", 4, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
e = nn.Embedding(5, 2)
e(torch.tensor([1., 2.]))
"""),
    "a logarithm that falls below 0 in a later turn": ("nan-born-in-forward", "warning", 6, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
w = torch.tensor(2., requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
for i in range(40):
    y = torch.log(w - 0.5)
    loss = y * 1 + w
    opt.zero_grad()
    loss.backward()
    opt.step()
"""),
    "a probability of 0 in a large batch": ("nan-born-in-forward", "warning", 8, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(20):
    x = torch.randn(64, 4) * (300. if i == 15 else 1.)
    p = F.softmax(net(x), 1)
    h = -(p * torch.log(p)).sum(1).mean()
    opt.zero_grad()
    h.backward()
    opt.step()
"""),
    "a mean over nothing, in a later turn": ("nan-born-in-forward", "warning", 7, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for i in range(30):
    m = torch.ones(100) if i < 20 else torch.zeros(100)
    loss = (net(torch.randn(100, 4)).squeeze(1) * m).sum() / m.sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
"""),
    "attention with all masked": ("nan-born-in-forward", "warning", 5, """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
s = torch.randn(2, 3, requires_grad=True)
m = s.masked_fill(torch.tensor([[True] * 3, [False] * 3]), float('-inf'))
p = F.softmax(m, 1)
(p * p).sum().backward()
"""),
}

CORRECT = {
    "weights clamped through .data after the step": """import torch, torch.nn as nn
torch.manual_seed(0)
judge = nn.Linear(2, 1)
opt = torch.optim.RMSprop(judge.parameters(), lr=0.01)
for step in range(4):
    opt.zero_grad()
    judge(torch.randn(3, 2)).mean().backward()
    opt.step()
    for p in judge.parameters():
        p.data.clamp_(-0.01, 0.01)
""",
    "losses of a sequence, summed before one backward": """import torch, torch.nn as nn
torch.manual_seed(0)
cell, read = nn.RNNCell(1, 2), nn.Linear(2, 1)
opt = torch.optim.Adam([*cell.parameters(), *read.parameters()])
for epoch in range(4):
    h, loss = torch.zeros(1, 2), 0
    for t in range(5):
        h = cell(torch.randn(1, 1), h)
        loss += read(h).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "an array that is a copy": """import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x ** 3
numbers = x.detach().numpy().copy()
numbers[0] = 7.
y.sum().backward()
""",
    "a GAN with detach": """import torch, torch.nn as nn
torch.manual_seed(0)
make, judge = nn.Linear(2, 2), nn.Linear(2, 1)
opt_m, opt_j = torch.optim.Adam(make.parameters()), torch.optim.Adam(judge.parameters())
for step in range(4):
    fake = make(torch.randn(3, 2))
    opt_j.zero_grad()
    (judge(fake.detach()).mean() - judge(torch.randn(3, 2)).mean()).backward()
    opt_j.step()
    opt_m.zero_grad()
    (-judge(fake).mean()).backward()
    opt_m.step()
""",
    "a target network": """import torch, torch.nn as nn, copy
torch.manual_seed(0)
online = nn.Linear(3, 2)
target = copy.deepcopy(online)
optimizer = torch.optim.SGD(online.parameters(), lr=0.1)
for step in range(5):
    state = torch.randn(4, 3)
    with torch.no_grad():
        goal = 1 + 0.9 * target(state).max(dim=1).values
    loss = (online(state).max(dim=1).values - goal).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for t, o in zip(target.parameters(), online.parameters()):
            t.mul_(0.9).add_(0.1 * o)
""",
    "gradients accumulated over micro batches": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(8):
    loss = net(torch.randn(2, 3)).pow(2).mean() / 4
    loss.backward()
    if (step + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "a full batch's gradient by parts": """import torch
w = torch.zeros(3, requires_grad=True)
for x in torch.eye(3):
    (w @ x - 1).pow(2).backward()
print(w.grad / 3)
""",
    "two losses, each backward": """import torch, torch.nn as nn
torch.manual_seed(0)
net, a, b = nn.Linear(2, 2), nn.Linear(2, 1), nn.Linear(2, 1)
opt = torch.optim.SGD([*net.parameters(), *a.parameters(), *b.parameters()], lr=0.1)
for step in range(4):
    opt.zero_grad()
    a(net(torch.ones(2, 2))).sum().backward()
    b(net(torch.ones(2, 2))).sum().backward()
    opt.step()
""",
    "truncated backpropagation": """import torch, torch.nn as nn
torch.manual_seed(0)
cell, head = nn.GRUCell(2, 3), nn.Linear(3, 1)
opt = torch.optim.Adam([*cell.parameters(), *head.parameters()])
h = torch.zeros(1, 3)
for step in range(5):
    h = cell(torch.randn(1, 2), h.detach())
    loss = head(h).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "an evaluation with argmax": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(4, 3)
opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(9, 4), torch.randint(0, 3, (9,))
for epoch in range(4):
    opt.zero_grad()
    scores = net(x)
    loss = nn.functional.cross_entropy(scores, y)
    loss.backward()
    opt.step()
    accuracy = (scores.argmax(1) == y).float().mean()
    print(loss.item(), accuracy.item())
net.eval()
with torch.no_grad():
    print((net(x).argmax(dim=1) == y).float().mean())
""",
    "an evaluation alone": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(4, 3)
x, y = torch.randn(9, 4), torch.randint(0, 3, (9,))
print((net(x).argmax(1) == y).float().mean())
""",
    "pairwise distances": """import torch
torch.manual_seed(0)
p = torch.randn(6, requires_grad=True)
apart = p.unsqueeze(1) - p
apart.pow(2).mean().backward()
""",
    "a kernel around centres": """import torch
torch.manual_seed(0)
x = torch.linspace(0, 1, 5)
centres = torch.linspace(0, 1, 5, requires_grad=True)
phi = torch.exp(-(x[:, None] - centres) ** 2)
phi.sum().backward()
""",
    "an image that is optimised": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
image = torch.zeros(1, 4, requires_grad=True)
optimizer = torch.optim.Adam([image], lr=0.1)
for step in range(5):
    optimizer.zero_grad()
    (-net(image).sum()).backward()
    optimizer.step()
""",
    "a head that is trained alone": """import torch, torch.nn as nn
torch.manual_seed(0)
body, head = nn.Linear(3, 3), nn.Linear(3, 1)
for p in body.parameters():
    p.requires_grad = False
opt = torch.optim.SGD(head.parameters(), lr=0.1)
for step in range(4):
    opt.zero_grad()
    head(body(torch.randn(2, 3))).pow(2).mean().backward()
    opt.step()
""",
    "features under no_grad": """import torch, torch.nn as nn
torch.manual_seed(0)
body, head = nn.Linear(3, 3), nn.Linear(3, 1)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
for step in range(4):
    with torch.no_grad():
        features = body(torch.randn(2, 3))
    opt.zero_grad()
    head(features).pow(2).mean().backward()
    opt.step()
""",
    "a gradient reversed on purpose": """import torch
class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)
    @staticmethod
    def backward(ctx, grad):
        return -grad
w = torch.ones(3, requires_grad=True)
(Reverse.apply(w) ** 2).sum().backward()
""",
    "a straight-through estimator": """import torch
class Binarise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.sign(x)
    @staticmethod
    def backward(ctx, grad):
        return grad
w = torch.tensor([0.5, -0.5], requires_grad=True)
(Binarise.apply(w) - 1).pow(2).sum().backward()
""",
    "a ReLU of one's own, at its kink": """import torch
class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x > 0)
w = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
Relu.apply(w).sum().backward()
""",
    "LBFGS": """import torch
w = torch.tensor([3., 2.], requires_grad=True)
optimizer = torch.optim.LBFGS([w])
def closure():
    optimizer.zero_grad()
    loss = (w ** 2).sum()
    loss.backward()
    return loss
for step in range(3):
    optimizer.step(closure)
""",
    "clipping in its place": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(4):
    opt.zero_grad()
    net(torch.randn(2, 3)).pow(2).mean().backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
""",
    "old style, by .data": """import torch
w = torch.tensor([1., 2.], requires_grad=True)
for step in range(4):
    loss = (w ** 2).sum()
    loss.backward()
    w.data -= 0.1 * w.grad.data
    w.grad.data.zero_()
""",
    "a last layer that starts at zero": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
nn.init.zeros_(net[2].weight)
nn.init.zeros_(net[2].bias)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(4):
    opt.zero_grad()
    (net(torch.randn(6, 3)) - 1).pow(2).mean().backward()
    opt.step()
""",
    "self-attention": """import torch
torch.manual_seed(0)
x = torch.randn(4, 3, requires_grad=True)
scores = torch.softmax(x @ x.T, dim=1)
(scores @ x).pow(2).sum().backward()
""",
    "a Jacobian by autograd.grad": """import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x ** 2
rows = [torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(2)]
""",
    "a second derivative": """import torch
x = torch.tensor(2., requires_grad=True)
y = x ** 3
g, = torch.autograd.grad(y, x, create_graph=True)
g.backward()
""",
    "a penalty on gradients": """import torch, torch.nn as nn
torch.manual_seed(0)
judge = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
opt = torch.optim.Adam(judge.parameters())
for step in range(3):
    x = torch.randn(5, 2, requires_grad=True)
    out = judge(x)
    slope, = torch.autograd.grad(out.sum(), x, create_graph=True)
    loss = out.mean() + (slope.norm(dim=1) - 1).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "weights kept before training": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(2, 1)
before = net.weight.detach().clone()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
net(torch.ones(1, 2)).sum().backward()
opt.step()
print((before - net.weight).norm().item())
""",
    "a scheduler after the step": """import torch, torch.nn as nn
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
plan = torch.optim.lr_scheduler.StepLR(opt, 1)
for step in range(3):
    opt.zero_grad()
    net(torch.ones(1, 2)).sum().backward()
    opt.step()
    plan.step()
""",
    "a warm start from another's weights": """import torch, torch.nn as nn
torch.manual_seed(0)
first, second = nn.Linear(2, 1), nn.Linear(2, 1)
second.weight = nn.Parameter(first.weight.detach().clone())
opt = torch.optim.SGD(second.parameters(), lr=0.1)
opt.zero_grad()
second(torch.ones(3, 2)).sum().backward()
opt.step()
""",
    "policy gradient": """import torch, torch.nn as nn
torch.manual_seed(0)
policy = nn.Linear(3, 2)
opt = torch.optim.Adam(policy.parameters())
for episode in range(3):
    logs, rewards = [], []
    for t in range(4):
        choice = torch.distributions.Categorical(logits=policy(torch.randn(3)))
        action = choice.sample()
        logs.append(choice.log_prob(action))
        rewards.append(float(action.item()))
    returns = torch.tensor(rewards)
    loss = -(torch.stack(logs) * (returns - returns.mean())).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "exponential moving average of a loss": """import torch, torch.nn as nn
torch.manual_seed(0)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
average, history = 0.0, []
for step in range(6):
    loss = net(torch.randn(4, 3)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    average = 0.9 * average + 0.1 * loss.item()
    history.append(loss.detach())
print(torch.tensor(history).mean(), average)
""",
    "a hinge loss": """import torch
w = torch.tensor([5., -5.], requires_grad=True)
x, y = torch.eye(2), torch.tensor([1., -1.])
loss = torch.relu(1 - y * (x @ w)).sum() + 0.1 * (w ** 2).sum()
loss.backward()
""",
    "a target network that follows, through .data": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
import copy
online = nn.Linear(4, 3); pred = nn.Linear(3, 3); tgt = copy.deepcopy(online)
opt = torch.optim.Adam([*online.parameters(), *pred.parameters()])
for _ in range(3):
    x1, x2 = torch.randn(5, 4), torch.randn(5, 4)
    with torch.no_grad(): t = tgt(x2)
    loss = 2 - 2 * F.cosine_similarity(pred(online(x1)), t.detach()).mean()
    opt.zero_grad(); loss.backward(); opt.step()
    for a, b in zip(online.parameters(), tgt.parameters()): b.data = .99 * b.data + .01 * a.data
""",
    "gradients by torch.func": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
from torch.func import grad, vmap, functional_call, jacrev, hessian
net = nn.Linear(3, 1); params = {k: v.detach() for k, v in net.named_parameters()}
def loss(p, x, y): return F.mse_loss(functional_call(net, p, (x.unsqueeze(0),)).squeeze(0), y)
per = vmap(grad(loss), in_dims=(None, 0, 0))(params, torch.randn(5, 3), torch.randn(5, 1))
print({k: v.shape for k, v in per.items()})
print(jacrev(torch.sin)(torch.ones(3)), hessian(lambda x: (x ** 3).sum())(torch.ones(2)))
""",
    "a head trained on a backbone that is not frozen": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
backbone, head = nn.Linear(4, 8), nn.Linear(8, 2); opt = torch.optim.SGD(head.parameters(), lr=.1)
for _ in range(3): loss = F.cross_entropy(head(F.relu(backbone(torch.randn(5, 4)))), torch.randint(0, 2, (5,))); opt.zero_grad(); loss.backward(); opt.step()
""",
    "a Wasserstein GAN's penalty": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
G = nn.Linear(2, 3); D = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(.2), nn.Linear(8, 1))
og, od = torch.optim.Adam(G.parameters(), 1e-4), torch.optim.Adam(D.parameters(), 1e-4)
for it in range(4):
    real = torch.randn(6, 3); z = torch.randn(6, 2); fake = G(z)
    alpha = torch.rand(6, 1)
    inter = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_(True)
    d = D(inter)
    g = torch.autograd.grad(outputs=d, inputs=inter, grad_outputs=torch.ones_like(d), create_graph=True, retain_graph=True, only_inputs=True)[0]
    gp = ((g.norm(2, dim=1) - 1) ** 2).mean()
    dl = -D(real).mean() + D(fake.detach()).mean() + 10 * gp
    od.zero_grad(); dl.backward(); od.step()
    if it % 2 == 0:
        og.zero_grad(); gl = -D(G(z)).mean(); gl.backward(); og.step()
""",
    "a codebook learnt straight through": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
enc, dec = nn.Linear(4, 3), nn.Linear(3, 4); code = nn.Embedding(5, 3)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *code.parameters()])
for _ in range(3):
    x = torch.randn(6, 4); z = enc(x); idx = torch.cdist(z, code.weight).argmin(1); q = code(idx)
    st = z + (q - z).detach()
    loss = F.mse_loss(dec(st), x) + F.mse_loss(q, z.detach()) + .25 * F.mse_loss(z, q.detach())
    opt.zero_grad(); loss.backward(); opt.step()
""",
    "an input made anew in each turn": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
E = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 1)); opt = torch.optim.Adam(E.parameters())
for _ in range(2):
    x = torch.randn(5, 2).requires_grad_(True)
    for k in range(3):
        g = torch.autograd.grad(E(x).sum(), x)[0]; x = (x - .1 * g + .01 * torch.randn_like(x)).detach().requires_grad_(True)
    l = E(torch.randn(5, 2)).mean() - E(x.detach()).mean(); opt.zero_grad(); l.backward(); opt.step()
""",
    "the worst losses, picked by index": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(3, 2); opt = torch.optim.SGD(net.parameters(), lr=.1)
for _ in range(3):
    l = F.cross_entropy(net(torch.randn(8, 3)), torch.randint(0, 2, (8,)), reduction='none')
    idx = l.topk(4).indices; loss = l[idx].mean(); opt.zero_grad(); loss.backward(); opt.step()
""",
    "a step at the head of the loop": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(2, 1); opt = torch.optim.SGD(net.parameters(), lr=.1)
for i in range(5):
    opt.step(); opt.zero_grad()
    net(torch.randn(3, 2)).pow(2).mean().backward()
opt.step()
""",
    "the largest values in a loss": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(6, requires_grad=True); v, i = x.topk(3); (v * i.float()).sum().backward(); m = x.max(0)[0]; m.backward()
""",
    "weights moved and moved back": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
net = nn.Linear(2, 1); o = torch.optim.SGD(net.parameters(), lr=.1)
for _ in range(3):
    x = torch.randn(4, 2); net(x).pow(2).mean().backward(); gn = torch.norm(torch.stack([p.grad.norm() for p in net.parameters()]))
    es = []
    with torch.no_grad():
        for p in net.parameters(): e = p.grad * .05 / (gn + 1e-12); p.add_(e); es.append(e)
    o.zero_grad(); net(x).pow(2).mean().backward()
    with torch.no_grad():
        for p, e in zip(net.parameters(), es): p.sub_(e)
    o.step(); o.zero_grad()
""",
    "a judge that is frozen for a while": """import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
A, B, D = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1)
import itertools
og = torch.optim.Adam(itertools.chain(A.parameters(), B.parameters())); od = torch.optim.Adam(D.parameters())
for _ in range(3):
    x, y = torch.randn(4, 2), torch.randn(4, 2)
    for p in D.parameters(): p.requires_grad_(False)
    og.zero_grad(); f = A(x); l = F.l1_loss(B(f), x) + (D(f) - 1).pow(2).mean(); l.backward(); og.step()
    for p in D.parameters(): p.requires_grad_(True)
    od.zero_grad(); ld = .5 * ((D(y) - 1).pow(2).mean() + D(f.detach()).pow(2).mean()); ld.backward(); od.step()
""",
}

# title: Do the five agree?

import numpy as np
import torch
from torch import nn

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
epochs = 200
dtype = torch.float32  # with torch.float64 the differences all but vanish

# The same data and weights for everybody, drawn once.
rng = np.random.default_rng(0)
x64, y64 = rng.standard_normal((N, D_in)), rng.standard_normal((N, D_out))
w1_64, w2_64 = rng.standard_normal((D_in, H)), rng.standard_normal((H, D_out))
x, y, w1, w2 = [torch.tensor(each, dtype=dtype) for each in (x64, y64, w1_64, w2_64)]


def by_numpy(w1, w2):
    h = x64 @ w1
    y_pred = np.maximum(h, 0) @ w2
    grad_y_pred = 2 * (y_pred - y64)
    grad_w1 = x64.T @ ((grad_y_pred @ w2.T) * (h > 0))
    return np.square(y_pred - y64).sum(), grad_w1, np.maximum(h, 0).T @ grad_y_pred


def by_hand(w1, w2):
    h = x @ w1
    y_pred = h.clamp(min=0) @ w2
    grad_y_pred = 2 * (y_pred - y)
    grad_w1 = x.t() @ ((grad_y_pred @ w2.t()) * (h > 0))
    return (y_pred - y).pow(2).sum(), grad_w1, h.clamp(min=0).t() @ grad_y_pred


def by_autograd(w1, w2):
    w1, w2 = w1.requires_grad_(), w2.requires_grad_()
    loss = ((x @ w1).clamp(min=0) @ w2 - y).pow(2).sum()
    loss.backward()
    return loss.detach(), w1.grad, w2.grad


def difference(ours, true):
    """The largest anywhere, as a part of the largest number there is."""
    return float(np.abs(np.asarray(ours, np.float64) - true).max() / np.abs(true).max())


# 1. The first three side by side, each with weights of its own. NumPy counts in float64: it is the truth here.
ways = {"NumPy": by_numpy, "torch by hand": by_hand, "autograd": by_autograd}
weights = {name: (w1.clone(), w2.clone()) for name in ways}
weights["NumPy"] = w1_64, w2_64
table = {name: [] for name in [*ways, "difference of loss", "difference of gradient"]}

for epoch in range(epochs):
    told = {name: way(*weights[name]) for name, way in ways.items()}
    for name, (loss, grad_w1, grad_w2) in told.items():
        table[name].append(float(loss))
        log(epoch, **{"loss" if name == "NumPy" else f"loss/{name}": loss})
        old_w1, old_w2 = weights[name]
        with torch.no_grad():
            weights[name] = old_w1 - learning_rate * grad_w1, old_w2 - learning_rate * grad_w2
    apart = [[difference(*pair) for pair in zip(told[name], told["NumPy"])] for name in ("torch by hand", "autograd")]
    table["difference of loss"].append(max(loss for loss, _, _ in apart))
    table["difference of gradient"].append(max(max(gradients) for _, *gradients in apart))
    log(epoch, **{f"difference/{what}": table[f"difference of {what}"][-1] for what in ("loss", "gradient")})


# 2. Why the fourth and the fifth show other numbers: one change at a time.
def train(name, model, optimizer):
    table[name] = []
    for epoch in range(epochs):
        loss = (model(x) - y).pow(2).sum()
        table[name].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        log(epoch, **{f"loss/{name}": loss})


def sequential(bias=True, same_weights=True):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(D_in, H, bias=bias), nn.ReLU(), nn.Linear(H, D_out, bias=bias)).to(dtype)
    with torch.no_grad():
        for layer, weight in (model[0], w1), (model[2], w2):
            if same_weights:
                layer.weight.copy_(weight.t())  # a Linear keeps its weight transposed
                layer.bias = nn.Parameter(torch.zeros_like(layer.bias)) if bias else None
    return model


SGD, Adam = torch.optim.SGD, torch.optim.Adam
model = sequential(bias=False)
train("Sequential, no bias", model, SGD(model.parameters(), lr=learning_rate))
model = sequential()
train("+ biases from zero", model, SGD(model.parameters(), lr=learning_rate))
model = sequential(same_weights=False)
train("4: own weights, lr 1e-4", model, SGD(model.parameters(), lr=1e-4))
model = sequential(same_weights=False)
train("5: the same, with Adam", model, Adam(model.parameters(), lr=1e-4))

shown = [step for step in (0, 1, 10, 100, epochs - 1) if step < epochs]
print("loss at step".ljust(25), *[f"{step:12}" for step in shown])
for name, losses in table.items():
    print(name.ljust(25), *[f"{losses[step]:12.6g}" for step in shown])

print("""
The first three compute the same. What lies between them, here as a part of the whole, is float32's rounding: a
ten-millionth at first, more as the numbers that are left become small. The gradient jumps where a ReLU is about to
switch, for rounding then decides which side it is on. A Sequential without bias is the same network again.
Biases are further weights that learn, so with them the numbers part. A Linear begins with small weights of its own:
the loss begins in the hundreds instead of the millions, and bears a learning rate a hundred times as large. Adam
scales each weight's step by its own gradients: another way down the same slope.""")

"""Whole programs of the sort tutorials contain, run behind the walls with the training limits.

The oracle is the same text in plain Python: what it prints there it must print here.
"""

import subprocess
import sys

import pytest

from app.events import TRAINING, Event, ExceptionRaised, Finished, Graph, Outcome, Preset, RunRequest, Stdout, decode
from app.runs.local import LocalRunner

pytestmark = pytest.mark.anyio

POLYNOMIAL_WITH_AUTOGRAD = """
import torch
import math

dtype = torch.float
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(0)
x = torch.linspace(-1, 1, 2000, dtype=dtype, device=device)
y = torch.exp(x)
a = torch.randn((), dtype=dtype, requires_grad=True)
b = torch.randn((), dtype=dtype, requires_grad=True)
c = torch.randn((), dtype=dtype, requires_grad=True)
learning_rate = 1e-5
for t in range(200):
    y_pred = a + b * x + c * x ** 2
    loss = (y_pred - y).pow(2).sum()
    if t % 50 == 0:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        a.grad = None
        b.grad = None
        c.grad = None
print(f"Result: {a.item()} + {b.item()} x + {c.item()} x^2, {math.isfinite(loss.item())}")
"""

CUSTOM_FUNCTION = """
import torch


class LegendrePolynomial3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input ** 3 - 3 * input)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input ** 2 - 1)


x = torch.linspace(-3, 3, 500)
y = torch.sin(x)
a = torch.full((), 0.0, requires_grad=True)
b = torch.full((), -1.0, requires_grad=True)
c = torch.full((), 0.0, requires_grad=True)
d = torch.full((), 0.3, requires_grad=True)
for t in range(100):
    P3 = LegendrePolynomial3.apply
    y_pred = a + b * P3(c + d * x)
    loss = (y_pred - y).pow(2).sum()
    if t % 25 == 24:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= 5e-6 * p.grad
            p.grad = None
print(f"Result: {a.item()} + {b.item()} * P3({c.item()} + {d.item()} x)")
"""

MODULE_WITH_CONTROL_FLOW = """
import random
import torch
import math


class DynamicNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(()))
        self.b = torch.nn.Parameter(torch.randn(()))
        self.c = torch.nn.Parameter(torch.randn(()))
        self.d = torch.nn.Parameter(torch.randn(()))
        self.e = torch.nn.Parameter(torch.randn(()))

    def forward(self, x):
        y = self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
        for exp in range(4, random.randint(4, 6)):
            y = y + self.e * x ** exp
        return y

    def string(self):
        return f'y = {self.a.item()} + {self.b.item()} x'


random.seed(0)
torch.manual_seed(0)
x = torch.linspace(-math.pi, math.pi, 500)
y = torch.sin(x)
model = DynamicNet()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-8, momentum=0.9)
for t in range(120):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 40 == 39:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f'Result: {model.string()}')
"""

OPTIMISER_LOOP = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
features = torch.randn(256, 20)
labels = (features[:, 0] + features[:, 1] > 0).long()
loader = DataLoader(TensorDataset(features, labels), batch_size=32, shuffle=True, num_workers=0)


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.stack = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))

    def forward(self, x):
        return self.stack(x)


model = NeuralNetwork()
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def train_loop():
    model.train()
    for batch, (X, y) in enumerate(loader):
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    print(f"loss: {loss.item():>7f}")


def test_loop():
    model.eval()
    with torch.no_grad():
        correct = (model(features).argmax(1) == labels).float().mean().item()
    print(f"Accuracy: {100 * correct:>0.1f}%")


if __name__ == "__main__":
    for epoch in range(3):
        train_loop()
        test_loop()
"""

NUMPY_BY_HAND = """
import numpy as np

np.random.seed(0)
N, D_in, H, D_out = 64, 100, 20, 10
x = np.random.randn(N, D_in)
y = np.random.randn(N, D_out)
w1 = np.random.randn(D_in, H)
w2 = np.random.randn(H, D_out)
learning_rate = 1e-6
for t in range(100):
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    y_pred = h_relu.dot(w2)
    loss = np.square(y_pred - y).sum()
    if t % 25 == 0:
        print(t, loss)
    grad_y_pred = 2.0 * (y_pred - y)
    grad_w2 = h_relu.T.dot(grad_y_pred)
    grad_h_relu = grad_y_pred.dot(w2.T)
    grad_h = grad_h_relu.copy()
    grad_h[h < 0] = 0
    grad_w1 = x.T.dot(grad_h)
    w1 -= learning_rate * grad_w1
    w2 -= learning_rate * grad_w2
print(loss)
"""

PROGRAMS = {
    "polynomial with autograd": (POLYNOMIAL_WITH_AUTOGRAD, 1),
    "custom Function": (CUSTOM_FUNCTION, 1),
    "nn.Module with control flow": (MODULE_WITH_CONTROL_FLOW, 2),
    "optimiser loop": (OPTIMISER_LOOP, 1),
    "NumPy by hand": (NUMPY_BY_HAND, 0),
}


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_tutorials_program_runs_unmodified_and_prints_what_it_prints_elsewhere(
    runner: LocalRunner, name: str
) -> None:
    source, structures = PROGRAMS[name]
    request = RunRequest(source=source, preset=Preset.TRAINING, limits=TRAINING)
    events = [decode(line, Event) async for _, line in runner.run(name, request)]
    plain = subprocess.run(
        [sys.executable, "-c", "import torch\ntorch.set_num_threads(1)\n" + source],
        capture_output=True,
        text=True,
        check=True,
        env={"OMP_NUM_THREADS": "1", "PATH": ""},
    )
    assert "".join(event.text for event in events if isinstance(event, Stdout)) == plain.stdout
    assert [event for event in events if isinstance(event, ExceptionRaised)] == []
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome == Outcome.OK
    assert len({graph.total_nodes for graph in events if isinstance(graph, Graph)}) >= structures

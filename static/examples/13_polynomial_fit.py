# title: Fit a polynomial to a sine

import math

import torch

x = torch.linspace(-math.pi, math.pi, 200)
target = torch.sin(x)
a, b, c, d = (torch.zeros((), requires_grad=True) for _ in range(4))

for step in range(1500):
    loss = (a + b * x + c * x**2 + d * x**3 - target).square().mean()
    loss.backward()
    with torch.no_grad():
        for weight, rate in [(a, 0.01), (b, 0.005), (c, 0.001), (d, 0.0003)]:
            weight -= rate * weight.grad
            weight.grad = None
    log(step, loss=loss)
    if step % 300 == 0:
        print(f"step {step:4d}   loss {loss.item():.4f}")

print(f"sin x ≈ {a.item():.2f} + {b.item():.2f} x + {c.item():.2f} x² + {d.item():.2f} x³")

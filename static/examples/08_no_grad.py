# title: no_grad: a step nobody records

import torch

w = torch.tensor(5., requires_grad=True)
loss = (w - 1)**2
loss.backward()

with torch.no_grad():
    w -= 0.1 * w.grad    # in place on a leaf: allowed here, an error outside
    seen = loss * 100    # no grad_fn: nothing was recorded

print("w =", w.item())
print("seen requires grad:", seen.requires_grad)

# title: Gradients accumulate

import torch

w = torch.tensor([1., -2.], requires_grad=True)
for step in range(3):
    loss = (w**2).sum()
    loss.backward()
    print(f"step {step}: w.grad = {w.grad.tolist()}")  # grows: backward() adds

w.grad = None                                          # what optimizer.zero_grad() does
(w**2).sum().backward()
print(f"afresh: w.grad = {w.grad.tolist()}")

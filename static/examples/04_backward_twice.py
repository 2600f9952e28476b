# title: Error: backward once too often

import torch

x = torch.tensor(3., requires_grad=True)
y = x**3
y.backward(retain_graph=True)  # without it, the saved tensors are freed here
print("once: ", x.grad)
y.backward()
print("twice:", x.grad, "(the second was added)")
y.backward()                   # now they are gone

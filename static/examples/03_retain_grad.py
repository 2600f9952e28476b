# title: retain_grad keeps a middle gradient

import torch

x = torch.tensor(2., requires_grad=True)
y = x**2
y.retain_grad()  # y is not a leaf: ask before backward() for its gradient to be kept
z = 3 * y
z.backward()
print("dz/dy =", y.grad)
print("dz/dx =", x.grad)

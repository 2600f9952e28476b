# title: grad_fn and mean

import torch

x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
print(y.grad_fn)
print(z.grad_fn)
print(out.grad_fn)

out.backward()
print(x.grad)  # 6 (x + 2) / 4 = 4.5 everywhere

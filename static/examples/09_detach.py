# title: detach cuts the graph

import torch

x = torch.tensor(2., requires_grad=True)
target = (x * 3).detach()  # a number from here on: no gradient flows back through it
loss = (x**2 - target)**2
loss.backward()
print(x.grad)              # 2 (x² - 6) 2x = -16, as if 6 had been typed in

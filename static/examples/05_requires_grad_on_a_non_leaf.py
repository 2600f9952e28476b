# title: Error: requires_grad_ on a non-leaf

import torch

x = torch.tensor(1., requires_grad=True)
y = x * 2
y.requires_grad_(False)  # y's flag follows from x; only a leaf's can be set

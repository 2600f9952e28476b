# title: Error: a saved tensor changed in place

import torch

x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x.exp()         # backward will need this result: exp is its own derivative
y += 1              # ... and now it is overwritten
y.sum().backward()  # autograd compares version numbers and refuses

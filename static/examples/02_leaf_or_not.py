# title: Leaf or not?

import torch

a = torch.tensor([1., 2., 3.], requires_grad=True)  # made by you: a leaf
b = torch.tensor([4., 5., 6.])                      # a leaf too, but without grad
c = a * b                                           # computed: not a leaf
d = c.detach()                                      # cut off: a leaf again
c.sum().backward()

for name, tensor in [("a", a), ("b", b), ("c", c), ("d", d)]:
    print(name, "leaf" if tensor.is_leaf else "not a leaf", tensor.requires_grad)

# title: A Function of your own

import torch


class Softsign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + x.abs())

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output / (1 + x.abs())**2


x = torch.tensor([-2., 0., 2.], requires_grad=True)
y = Softsign.apply(x)
y.sum().backward()
print(y)
print(x.grad)

# title: Two layers, 3: autograd

import matplotlib.pyplot as plt
import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
epochs = 500

torch.manual_seed(0)
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)
w1 = torch.randn(D_in, H, requires_grad=True)
w2 = torch.randn(H, D_out, requires_grad=True)

all_loss = []
for epoch in range(epochs):
    y_pred = (x @ w1).clamp(min=0) @ w2
    loss = (y_pred - y).pow(2).sum()
    all_loss.append(loss.item())

    loss.backward()  # what the script before did in five lines

    with torch.no_grad():  # the step itself is nothing to differentiate
        w1 -= learning_rate * w1.grad
        w2 -= learning_rate * w2.grad
        w1.grad.zero_()    # backward() adds
        w2.grad.zero_()

print("first loss", all_loss[0], "last", all_loss[-1])
plt.plot(all_loss)
plt.show()

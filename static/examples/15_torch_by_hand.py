# title: Two layers, 2: torch by hand

import matplotlib.pyplot as plt
import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
epochs = 500

torch.manual_seed(0)
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)
w1 = torch.randn(D_in, H)
w2 = torch.randn(H, D_out)

all_loss = []
for epoch in range(epochs):
    # forward: NumPy's names change, the mathematics does not
    h = x @ w1
    h_relu = h.clamp(min=0)
    y_pred = h_relu @ w2
    loss = (y_pred - y).pow(2).sum().item()
    all_loss.append(loss)

    # backward, still by hand
    grad_y_pred = 2 * (y_pred - y)
    grad_w2 = h_relu.t() @ grad_y_pred
    grad_h_relu = grad_y_pred @ w2.t()
    grad_h = grad_h_relu * (h > 0)
    grad_w1 = x.t() @ grad_h

    w1 -= learning_rate * grad_w1
    w2 -= learning_rate * grad_w2

print("first loss", all_loss[0], "last", all_loss[-1])
plt.plot(all_loss)
plt.show()

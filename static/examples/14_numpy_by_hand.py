# title: Two layers, 1: NumPy by hand

import matplotlib.pyplot as plt
import numpy as np

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
epochs = 500

rng = np.random.default_rng(0)
x = rng.standard_normal((N, D_in))
y = rng.standard_normal((N, D_out))
w1 = rng.standard_normal((D_in, H))
w2 = rng.standard_normal((H, D_out))

all_loss = []
for epoch in range(epochs):
    # forward
    h = x @ w1
    h_relu = np.maximum(h, 0)
    y_pred = h_relu @ w2
    loss = np.square(y_pred - y).sum()
    all_loss.append(loss)

    # backward: the chain rule, from the loss back to the weights
    grad_y_pred = 2 * (y_pred - y)
    grad_w2 = h_relu.T @ grad_y_pred
    grad_h_relu = grad_y_pred @ w2.T
    grad_h = grad_h_relu * (h > 0)
    grad_w1 = x.T @ grad_h

    w1 -= learning_rate * grad_w1
    w2 -= learning_rate * grad_w2

print("first loss", all_loss[0], "last", all_loss[-1])
plt.plot(all_loss)
plt.show()

# title: Two layers, 4: nn.Sequential

import matplotlib.pyplot as plt
import torch
from torch import nn
from torchsummary import summary

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
epochs = 500

torch.manual_seed(0)
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)

model = nn.Sequential(nn.Linear(D_in, H), nn.ReLU(), nn.Linear(H, D_out))
loss_fn = nn.MSELoss(reduction="sum")
summary(model, (D_in,))

all_loss = []
for epoch in range(epochs):
    y_pred = model(x)
    loss = loss_fn(y_pred, y)
    all_loss.append(loss.item())

    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for param in model.parameters():
            param -= learning_rate * param.grad

print("first loss", all_loss[0], "last", all_loss[-1])
plt.plot(all_loss)
plt.show()

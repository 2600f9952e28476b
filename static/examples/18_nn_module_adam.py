# title: Two layers, 5: nn.Module and Adam

import matplotlib.pyplot as plt
import torch
from torch import nn
from torchsummary import summary

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
epochs = 500


class TwoLayers(nn.Module):
    def __init__(self, D_in, H, D_out):
        super().__init__()
        self.linear1 = nn.Linear(D_in, H)
        self.linear2 = nn.Linear(H, D_out)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp(min=0))


torch.manual_seed(0)
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)

model = TwoLayers(D_in, H, D_out)
loss_fn = nn.MSELoss(reduction="sum")
optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
summary(model, (D_in,))

all_loss = []
for epoch in range(epochs):
    loss = loss_fn(model(x), y)
    all_loss.append(loss.item())

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print("first loss", all_loss[0], "last", all_loss[-1])
plt.plot(all_loss)
plt.show()

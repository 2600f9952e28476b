# title: A two-layer network

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
x = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
target = torch.tensor([[0.], [1.], [1.], [0.]])

loss = nn.functional.mse_loss(model(x), target)
loss.backward()
print("loss", loss.item())
print("gradient of the last bias", model[2].bias.grad)

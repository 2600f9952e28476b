# title: Real data: handwritten digits

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

hidden = 100
learning_rate = 0.003
batch_size = 64
epochs = 15

torch.manual_seed(0)
images, digits = load_digits(return_X_y=True)  # 1797 pictures of 8 x 8 points, each from 0 to 16
parts = train_test_split(images / 16, digits, test_size=0.25, random_state=0)
x, x_test = [torch.tensor(part, dtype=torch.float32) for part in parts[:2]]
y, y_test = [torch.tensor(part) for part in parts[2:]]

model = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

step = 0
for epoch in range(epochs):
    for batch in torch.randperm(len(x)).split(batch_size):
        loss = loss_fn(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        log(step, loss=loss)
        step += 1
    with torch.no_grad():  # digits the model never trained on
        accuracy = (model(x_test).argmax(dim=1) == y_test).float().mean()
    log(step, accuracy=accuracy)
    print(f"epoch {epoch + 1:2}   loss {loss.item():.3f}   {accuracy.item():.1%} of the test digits recognised")

# title: Real data: diabetes, and when to stop

import torch
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from torch import nn

hidden = 32
learning_rate = 0.003
epochs = 300

torch.manual_seed(0)
people, progress = load_diabetes(return_X_y=True)  # 442 people: ten measurements, and how ill they were a year later
parts = train_test_split(people, progress, test_size=0.25, random_state=0)
x, x_test, y, y_test = [torch.tensor(part, dtype=torch.float32) for part in parts]
x, x_test = x / x.std(dim=0), x_test / x.std(dim=0)
y, y_test = (y - y.mean()) / y.std(), (y_test - y.mean()) / y.std()

model = nn.Sequential(nn.Linear(10, hidden), nn.Tanh(), nn.Linear(hidden, 1), nn.Flatten(0))
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

best = None
for epoch in range(epochs):
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

    with torch.no_grad():  # people the model never saw
        test_loss = loss_fn(model(x_test), y_test)
        r2 = 1 - test_loss / y_test.var(correction=0)  # 1: foretold exactly, 0: no better than the average
    log(epoch, loss=loss, test_loss=test_loss, r2=r2)
    if best is None or r2 > best:
        best, best_epoch = r2, epoch

print(f"best: R² {best.item():.2f} after epoch {best_epoch}; at the end {r2.item():.2f}")
print("The loss went on falling: from there on the model learned the people it was shown by heart.")

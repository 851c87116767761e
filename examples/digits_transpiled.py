"""Train a two-layer network on scikit-learn's handwritten digits; the gradient is made by srcdiff.

Run it as it is, or make a file that needs NumPy and scikit-learn only: srcdiff transpile examples/digits.py -o out.py
"""

from typing import Annotated

import numpy as np
from sklearn.datasets import load_digits


def loss(W1, b1, W2, b2, x, t):
    """The value of loss and its gradient with respect to W1, b1, W2 and b2.

    loss: The mean cross entropy of softmax(z) against the one-hot rows of t."""
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    ez = np.exp(z)
    total = np.sum(ez, axis=1)
    diff = np.log(total) - np.sum(t * z, axis=1)
    z_bar = (1 / total / diff.size)[:, None] * ez - t / diff.size
    h_raw_bar = z_bar @ W2.T * (1 - h**2)
    W1_bar = x.T @ h_raw_bar
    b1_bar = np.sum(h_raw_bar, axis=0)
    W2_bar = h.T @ z_bar
    b2_bar = np.sum(z_bar, axis=0)
    return np.mean(diff), (W1_bar, b1_bar, W2_bar, b2_bar)


def accuracy(parameters, x, labels):
    W1, b1, W2, b2 = parameters
    z = np.tanh(x @ W1 + b1) @ W2 + b2
    return np.mean(np.argmax(z, axis=1) == labels)


def train(epochs=30, batch=32, rate=0.3, hidden=64):
    """Mini-batch gradient descent; returns the accuracy on the fifth of the digits that was held out."""
    rng = np.random.default_rng(0)
    images, labels = load_digits(return_X_y=True)
    order = rng.permutation(len(images))
    images, labels = images[order] / 16, labels[order]
    targets = np.eye(10)[labels]
    held_out = len(images) // 5
    x, t = images[held_out:], targets[held_out:]
    parameters = [
        rng.normal(size=(64, hidden)) / 8,
        np.zeros(hidden),
        rng.normal(size=(hidden, 10)) / np.sqrt(hidden),
        np.zeros(10),
    ]
    reached = accuracy(parameters, images[:held_out], labels[:held_out])
    for epoch in range(1, epochs + 1):
        total = 0.0
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start : start + batch]
            value, gradient = loss(*parameters, x[rows], t[rows])
            parameters = [p - rate * g for p, g in zip(parameters, gradient)]
            total += value * len(rows)
        reached = accuracy(parameters, images[:held_out], labels[:held_out])
        if epoch % 5 == 0:
            print(f"epoch {epoch:2d}   loss {total / len(x):.4f}   held-out accuracy {reached:.1%}")
    return reached


if __name__ == "__main__":
    train()

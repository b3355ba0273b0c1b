#!/usr/bin/env python3
"""Fail on purpose, as real work does: a regression by gradient descent whose learning rate is too large.

It runs for some seconds, its loss grows instead of falling, and it ends with a traceback. RATE (default 0.9)
is the learning rate: with 0.1 it converges and ends well.
"""

import math
import os
import random
import sys
import time

RATE = float(os.environ.get("RATE", "0.9"))
EPOCHS = 60


class Diverged(ArithmeticError):
    """The loss is no longer a number that training could bring down."""


def samples(count):
    rng = random.Random(3)
    for _ in range(count):
        x = rng.uniform(-3.0, 3.0)
        yield x, 2.5 * x - 1.0 + rng.gauss(0.0, 0.3)


def step(slope, bias, data):
    """One epoch of full-batch gradient descent; the new slope and bias, and the loss before."""
    errors = [(slope * x + bias - y, x) for x, y in data]
    loss = sum(error * error for error, _ in errors) / len(data)
    slope -= RATE * 2 * sum(error * x for error, x in errors) / len(data)
    bias -= RATE * 2 * sum(error for error, _ in errors) / len(data)
    return slope, bias, loss


def check(loss, epoch):
    if not math.isfinite(loss) or loss > 1e24:
        raise Diverged(f"loss is {loss:.3g} after epoch {epoch}: the learning rate {RATE} is too large")


def train(data):
    slope = bias = 0.0
    for epoch in range(1, EPOCHS + 1):
        slope, bias, loss = step(slope, bias, data)
        print(f"epoch {epoch:>3}  loss {loss:.6g}", file=sys.stderr)
        print(f"::progress {100 * epoch // EPOCHS} epoch {epoch}, loss {loss:.3g}::")
        check(loss, epoch)
        time.sleep(0.25)
    return slope, bias


def main():
    slope, bias = train(list(samples(20_000)))
    print(f"y is about {slope:.2f} x + {bias:.2f}")


if __name__ == "__main__":
    main()

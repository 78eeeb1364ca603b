"""How unsure a model of words is."""

import math


def perplexity(loss: float) -> float:
    """The exponential of the mean loss in nats: between how many equally likely words there would be as much doubt."""
    return math.exp(min(loss, 700.0))  # above, a float is infinite

"""How well a problem can be answered without solving it."""

from typing import NamedTuple


class Level(NamedTuple):
    """Between what two values of a score a problem is learnt.

    Attributes:
        metric: the score, such as `loss`, without a split before it.
        chance: what it is where nothing but the distribution of the answers is known.
        solved: what it must reach to count as solved; beyond chance, so that it says which direction is better.
    """

    metric: str
    chance: float
    solved: float

    def reached(self, value: float) -> bool:
        """Whether a value counts as solved."""
        return value >= self.solved if self.solved > self.chance else value <= self.solved

    def told(self) -> str:
        """Both values, for a person."""
        side = "at least" if self.solved > self.chance else "at most"
        return f"chance: {self.metric} {self.chance:.4g}; solved: {side} {self.solved:.4g}"

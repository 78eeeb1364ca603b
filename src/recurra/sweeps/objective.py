"""What trials are compared by."""

import math
from dataclasses import dataclass
from typing import Literal, final

from recurra.errors import ConfigError, unknown
from recurra.results import Results

Direction = Literal["minimize", "maximize"]
_FIGURES = ("parameters", "train_seconds", "tokens_per_second", "epochs", "steps")


@final
@dataclass(frozen=True)
class Objective:
    """A figure that trials are compared by: a score of the validation split, or one of the run itself.

    Args:
        name: `f1_macro`, `loss`, ...; or `parameters`, `train_seconds`, `tokens_per_second`, `epochs`, `steps`.
        direction: which way is better.

    Raises:
        ConfigError: the figure is one of the test split, or the direction is none.
    """

    name: str
    direction: Direction

    def __post_init__(self) -> None:
        if self.name.split("/")[0].split(".")[0] == "test":
            raise ConfigError(
                f"hydra.sweeper.objectives: {self.name}: a sweep never chooses by the test split, which would tell "
                f"nothing any more. Use the validation's: {self.name[len('test.') :]}."
            )
        if self.direction not in ("minimize", "maximize"):
            raise ConfigError(unknown("direction", str(self.direction), ("minimize", "maximize")))

    @property
    def of_rows(self) -> bool:
        """Whether it is a score of rows, which the test split has, too."""
        return self.name not in _FIGURES

    @property
    def title(self) -> str:
        """What a table calls it."""
        return f"val {self.name}" if self.of_rows else self.name

    def of(self, results: Results) -> float:
        """Its value; NaN if the run has none.

        Raises:
            ConfigError: no run of this task has it.
        """
        if self.name in _FIGURES:
            return float(getattr(results, self.name))
        if results.validation and self.name not in results.validation:
            told = [name for name, value in results.validation.items() if isinstance(value, int | float)]
            raise ConfigError(unknown("figure of a run", self.name, [*told, *_FIGURES]))
        return float(results.validation.get(self.name, math.nan))

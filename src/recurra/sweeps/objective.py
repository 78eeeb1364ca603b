"""What trials are compared by."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, final

from recurra.errors import ConfigError, unknown
from recurra.rehearsal import Rehearsal
from recurra.results import Results

Direction = Literal["minimize", "maximize"]
FIGURES = ("parameters", "train_seconds", "tokens_per_second", "epochs", "steps")


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
        return self.name not in FIGURES

    @property
    def title(self) -> str:
        """What a table calls it."""
        return f"val {self.name}" if self.of_rows else self.name

    def of(self, results: Results) -> float:
        """Its value; NaN if the run has none.

        Raises:
            ConfigError: no run of this task has it.
        """
        if self.name in FIGURES:
            return float(getattr(results, self.name))
        if results.validation and self.name not in results.validation:
            told = [name for name, value in results.validation.items() if isinstance(value, int | float)]
            raise ConfigError(unknown("figure of a run", self.name, [*told, *FIGURES]))
        return float(results.validation.get(self.name, math.nan))


def chosen(asked: Mapping[str, Direction] | None, rehearsals: Sequence[Rehearsal]) -> list[Objective]:
    """The objectives that were asked for; else the score that all jobs go by.

    Raises:
        ConfigError: a job has no such figure, or jobs go by different ones.
    """
    if asked is None:
        goals = {(job.monitor, job.mode) for job in rehearsals}
        if len(goals) > 1:
            told = ", ".join(sorted(monitor for monitor, _ in goals))
            raise ConfigError(
                f"These jobs go by different scores ({told}) and cannot be compared. Sweep over each task by itself, "
                "or name a score that all have: hydra.sweeper.objectives={loss: minimize}."
            )
        ((monitor, mode),) = goals
        return [Objective(monitor, "maximize" if mode == "max" else "minimize")]
    objectives = [Objective(str(name), direction) for name, direction in asked.items()]
    if not objectives:
        raise ConfigError("hydra.sweeper.objectives={} names none. Leave it out for the score that the task goes by.")
    for job in rehearsals:
        for objective in objectives:
            if objective.name not in job.scores and objective.name not in FIGURES:
                raise ConfigError(unknown("figure of a run", objective.name, [*job.scores, *FIGURES]))
    return objectives

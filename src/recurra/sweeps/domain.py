"""The values that a parameter can take: some, or all numbers of an interval."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from recurra.errors import ConfigError

if TYPE_CHECKING:
    from optuna import Trial


class Domain(ABC):
    """Values, as they are typed after `key=`."""

    @property
    @abstractmethod
    def values(self) -> tuple[str, ...]:
        """All of them, in the order in which they were given; none where nobody can count them."""

    @property
    @abstractmethod
    def extremes(self) -> tuple[str, ...]:
        """Those that have to be tried to know that all can be: every choice, or both ends."""

    @abstractmethod
    def propose(self, trial: "Trial", key: str) -> str:
        """One of them for the trial: the trial's own if it was given one, else what its sampler thinks of."""

    @abstractmethod
    def of_trial(self, value: str) -> Any:
        """What a trial holds when `value` was proposed."""


@final
@dataclass(frozen=True)
class Choice(Domain):
    """Values without an order."""

    values: tuple[str, ...] = ()

    @property
    def extremes(self) -> tuple[str, ...]:
        """Every one."""
        return self.values

    def propose(self, trial: "Trial", key: str) -> str:
        """One of them."""
        return str(trial.suggest_categorical(key, self.values))

    def of_trial(self, value: str) -> str:
        """The value as it is typed: `1` and `1.0` are two choices."""
        return value


@final
@dataclass(frozen=True)
class Whole(Domain):
    """Whole numbers, both ends included.

    Args:
        log: whether proposals are even in the logarithm.
    """

    low: int
    high: int
    step: int = 1
    log: bool = False
    counted: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """All of a `range(...)`."""
        return tuple(map(str, range(self.low, self.high + 1, self.step))) if self.counted else ()

    @property
    def extremes(self) -> tuple[str, ...]:
        """Both ends."""
        return tuple(dict.fromkeys((str(self.low), str(self.high))))

    def propose(self, trial: "Trial", key: str) -> str:
        """One of them."""
        return str(trial.suggest_int(key, self.low, self.high, step=self.step, log=self.log))

    def of_trial(self, value: str) -> int:
        """The number."""
        return int(value)


@final
@dataclass(frozen=True)
class Real(Domain):
    """All numbers of an interval, both ends included.

    Args:
        log: whether proposals are even in the logarithm.

    Raises:
        ConfigError: they are no interval.
    """

    low: float
    high: float
    log: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """None: there is always one between two others."""
        return ()

    @property
    def extremes(self) -> tuple[str, ...]:
        """Both ends."""
        return tuple(dict.fromkeys((repr(self.low), repr(self.high))))

    def propose(self, trial: "Trial", key: str) -> str:
        """One of them."""
        return repr(trial.suggest_float(key, self.low, self.high, log=self.log))

    def of_trial(self, value: str) -> float:
        """The number."""
        return float(value)


def interval(low: float, high: float, log: bool, typed: str) -> Domain:
    """Whole numbers if both ends are, as in `int(interval(1, 9))`; else all.

    Raises:
        ConfigError: there is nothing between them, or no logarithm.
    """
    if not low <= high or (log and low <= 0) or not math.isfinite(low) or not math.isfinite(high):
        positive = ", and above 0" if log else ""
        raise ConfigError(f"{typed}: an interval goes from its low end to its high end, both finite{positive}.")
    if isinstance(low, int) and isinstance(high, int):
        return Whole(low, high, log=log)
    return Real(float(low), float(high), log)

"""All that a sweep varies."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, final

from recurra.errors import ConfigError, unknown
from recurra.overrides import told
from recurra.sweeps.parameter import Parameter

if TYPE_CHECKING:
    from optuna import Trial

Point = dict[str, str]
"""A value, as it is typed, for each parameter that exists there."""


@final
class Space:
    """Parameters, of which some exist only beside certain values of others.

    Args:
        parameters: in the order in which they were given.
        given: values of other keys that conditions may name.

    Raises:
        ConfigError: conditions that go round in a circle, or name what is not there.
    """

    def __init__(self, parameters: Sequence[Parameter], given: Mapping[str, str]) -> None:
        by_key = {parameter.key: parameter for parameter in parameters}
        for parameter in parameters:
            for key, allowed in parameter.conditions.items():
                _check_condition(parameter.key, key, allowed, by_key, given)
        order = TopologicalSorter({p.key: [k for k in p.conditions if k in by_key] for p in parameters})
        try:
            # Where nothing depends on anything, this is the order in which they were given.
            self.parameters = tuple(by_key[key] for key in order.static_order())
        except CycleError as error:
            raise ConfigError(f"{' -> '.join(error.args[1])}: each exists only beside the next.") from None
        self._given = dict(given)

    def propose(self, trial: "Trial") -> Point:
        """A point for the trial: its own values where it was given some."""
        point: Point = {}
        for parameter in self.parameters:
            if parameter.exists({**self._given, **point}):
                point[parameter.key] = parameter.domain.propose(trial, parameter.key)
        return point

    @property
    def countable(self) -> bool:
        """Whether all points can be gone through."""
        return all(parameter.domain.values for parameter in self.parameters)

    def points(self) -> Iterator[Point]:
        """Every point once, the last parameter varying first, as Hydra does.

        Raises:
            ConfigError: nobody can count them.
        """
        for parameter in self.parameters:
            if not parameter.domain.values:
                raise ConfigError(
                    f"{parameter.head}interval(...) has no end of values. Say how many trials are made: "
                    "hydra.sweeper.n_trials=30; or give values: choice(...), range(...)."
                )
        yield from self._from({}, 0)

    def corners(self) -> list[Point]:
        """As few points as show every value of a choice, and both ends of every interval, beside whatever others."""
        found: list[Point] = []
        shown: set[tuple[str, str]] = set()
        for parameter in self.parameters:
            for value in parameter.domain.extremes:
                if (parameter.key, value) not in shown and (point := self._showing(parameter.key, value)) is not None:
                    found.append(point)
                    shown |= set(point.items())
        return found or [{}]

    def typed(self, point: Point) -> list[str]:
        """What a person would type for it."""
        return [told(override) for override in self.overrides(point)]

    def overrides(self, point: Point) -> list[str]:
        """What Hydra needs for it."""
        return [f"{parameter.head}{point[parameter.key]}" for parameter in self.parameters if parameter.key in point]

    def of_trial(self, point: Point) -> dict[str, Any]:
        """The point as a trial holds it."""
        return {p.key: p.domain.of_trial(point[p.key]) for p in self.parameters if p.key in point}

    def _from(self, point: Point, place: int) -> Iterator[Point]:
        if place == len(self.parameters):
            yield dict(point)
            return
        parameter = self.parameters[place]
        if not parameter.exists({**self._given, **point}):
            yield from self._from(point, place + 1)
            return
        for value in parameter.domain.values:
            yield from self._from({**point, parameter.key: value}, place + 1)

    def _showing(self, key: str, value: str) -> Point | None:
        """A point with this value; None if its conditions can hold nowhere."""
        wanted = {key: value}
        waiting = [key]
        by_key = {parameter.key: parameter for parameter in self.parameters}
        while waiting:
            for condition, allowed in by_key[waiting.pop()].conditions.items():
                if condition in by_key and condition not in wanted:
                    wanted[condition] = next(v for v in by_key[condition].domain.values if v in allowed)
                    waiting.append(condition)
        point: Point = {}
        for parameter in self.parameters:
            if parameter.exists({**self._given, **point}):
                point[parameter.key] = wanted.get(parameter.key, parameter.domain.extremes[0])
        return point if point.get(key) == value else None


def _check_condition(
    own: str, key: str, allowed: frozenset[str], by_key: Mapping[str, Parameter], given: Mapping[str, str]
) -> None:
    if key in by_key:
        known = by_key[key].domain.values
        if not known:
            raise ConfigError(f"{own} cannot depend on {key}, which is an interval. Depend on a choice(...).")
        for value in sorted(allowed - set(known)):
            raise ConfigError(f"{own} exists only beside {key}={value}. {unknown(f'value of {key}', value, known)}")
    elif key not in given:
        raise ConfigError(f"{own} exists only beside a value of {key}, and there is no such key in this run.")

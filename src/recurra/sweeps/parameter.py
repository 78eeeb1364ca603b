"""One thing that a sweep varies, read from an override in Hydra's own grammar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep

from recurra.errors import ConfigError
from recurra.sweeps.domain import Choice, Domain, Whole, interval

_LOG = "log"


@final
@dataclass(frozen=True)
class Parameter:
    """Its values, and where it exists.

    Attributes:
        head: how its overrides begin, `model=` or `++optimizer.lr=`.
        domain: its values.
        conditions: it exists only where each of these keys has one of these values.
    """

    head: str
    domain: Domain
    conditions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What it is called: its overrides' key without `+`."""
        return self.head.rstrip("=").lstrip("+~")

    @classmethod
    def of(cls, override: Override) -> "Parameter":
        """The parameter of `KEY=a,b`, `choice(...)`, `range(...)`, `interval(...)` or `int(interval(...))`.

        Tags: `log` for proposals even in the logarithm, and conditions such as `"model=lstm|gru"`.

        Raises:
            ConfigError: a tag that means nothing, or no value to choose.
        """
        typed = override.input_line or str(override)
        sweep = override.value()
        log, conditions = _tags(getattr(sweep, "tags", set()), typed)
        head = f"{override.get_key_element()}="
        if isinstance(sweep, IntervalSweep):
            assert sweep.start is not None
            assert sweep.end is not None
            return cls(head, interval(sweep.start, sweep.end, log, typed), conditions)
        values = tuple(dict.fromkeys(str(value) for value in override.sweep_string_iterator()))
        if not values:
            raise ConfigError(f"{typed}: there is no value to choose from.")
        if log:
            raise ConfigError(f"{typed}: in logarithms nothing is proposed but of an interval(...). Leave the tag out.")
        if isinstance(sweep, RangeSweep) and not sweep.shuffle and all(value.isdigit() for value in values):
            whole = [int(value) for value in values]
            step = whole[1] - whole[0] if len(whole) > 1 else 1
            if step > 0:
                return cls(head, Whole(whole[0], whole[-1], step, counted=True), conditions)
        return cls(head, Choice(values), conditions)

    def exists(self, chosen: Mapping[str, str]) -> bool:
        """Whether its conditions hold, given what is chosen for their keys."""
        return all(chosen.get(key) in allowed for key, allowed in self.conditions.items())


def _tags(tags: set[str], typed: str) -> tuple[bool, dict[str, frozenset[str]]]:
    conditions = {}
    for tag in sorted(tags - {_LOG}):
        key, _, values = tag.partition("=")
        if not key or not values:
            raise ConfigError(
                f"{typed}: the tag {tag!r} means nothing. There are: log, and conditions such as "
                'tag("model=lstm|gru", ...), by which a parameter exists only beside these values of another.'
            )
        conditions[key.strip()] = frozenset(value.strip() for value in values.split("|"))
    return _LOG in tags, conditions

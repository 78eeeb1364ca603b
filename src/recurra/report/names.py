"""What each row of the leader table is called: what differs from the others, and no more."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from recurra.sweeps.repeats import Group
from recurra.sweeps.table import differing, varied

_MODEL = "model"


def names(found: Sequence[Group], typed: Sequence[Collection[str]], model: str) -> list[str]:
    """A name for each.

    Of several, what more than half have in common is told of the others only, and no default is told that nobody typed:
    one run with an option of its own does not give all others its default in their names.

    Args:
        found: groups that differ in something.
        typed: the keys that were typed for a run of each.
        model: of the one that differs in nothing that is told.
    """
    varying = varied(found)
    usual = {key: _usual(found, key) for key in varying} if len(found) > 2 else {}
    particular = [
        {
            key: value
            for key, value in group.point.items()
            if str(value) != usual.get(key) and (len(found) == 2 or key in (_MODEL, *own))
        }
        for group, own in zip(found, typed, strict=True)
    ]
    told = [differing(point, varying) for point in particular]
    often = Counter(told)
    return [
        (name if often[name] == 1 else _whole(group.point, varying)) or model
        for name, group in zip(told, found, strict=True)
    ]


def _usual(found: Sequence[Group], key: str) -> str | None:
    """The value of more than half of them; the model is always told."""
    ((value, count),) = Counter(str(group.point.get(key)) for group in found).most_common(1)
    return value if key != _MODEL and 2 * count > len(found) else None


def _whole(point: Mapping[str, Any], varying: Collection[str]) -> str:
    """All of it, and as long as it is, where names would look alike."""
    return " ".join(f"{key}={value}" for key, value in point.items() if key in varying)

"""What each row of the leader table is called: what differs from the others, and no more."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from recurra.sweeps.repeats import Group
from recurra.sweeps.table import differing, varied

_MODEL = "model"


def names(found: Sequence[Group], model: str) -> list[str]:
    """A name for each.

    What more than half of several have in common is told of the others only: one run with an option of its own does
    not give all others its default in their names.

    Args:
        found: groups that differ in something.
        model: of the one that differs in nothing that is told.
    """
    varying = varied(found)
    usual = {key: _usual(found, key) for key in varying} if len(found) > 2 else {}
    particular = [{key: value for key, value in group.point.items() if str(value) != usual.get(key)} for group in found]
    told = [differing(point, varying) for point in particular]
    often = Counter(told)
    return [
        (name if often[name] == 1 else _whole(point, varying)) or model
        for name, point in zip(told, particular, strict=True)
    ]


def _usual(found: Sequence[Group], key: str) -> str | None:
    """The value of more than half of them; the model is always told."""
    ((value, count),) = Counter(str(group.point.get(key)) for group in found).most_common(1)
    return value if key != _MODEL and 2 * count > len(found) else None


def _whole(point: Mapping[str, Any], varying: Collection[str]) -> str:
    """With values as long as they are, where they would look alike once they are cut."""
    return " ".join(f"{key}={value}" for key, value in point.items() if key in varying)

"""What the jobs of a sweep will be, and how long they take at most; for a person, as text."""

import math
from collections.abc import Sequence

from rich import box
from rich.table import Table

from recurra.sweeps.rehearsals import Rehearsed
from recurra.tables import text

_UNITS = ((86400, "days"), (3600, "h"), (60, "min"))


def table(rehearsed: Sequence[Rehearsed]) -> str:
    """A row a job."""
    drawn = Table(title="What would be run", title_justify="left", box=box.SIMPLE_HEAD)
    drawn.add_column("job", justify="right")
    for name in ("model", "data", "what differs"):
        drawn.add_column(name)
    for name in ("parameters", "at most"):
        drawn.add_column(name, justify="right")
    for number, job in enumerate(rehearsed):
        chosen = job.order.choices
        known = job.rehearsal
        differs = " ".join(job.typed)
        size, seconds = f"{known.parameters:,}", _duration(known.seconds)
        drawn.add_row(str(number), chosen.get("model", "own"), chosen.get("data", "own"), differs, size, seconds)
    return text(drawn)


def sentence(rehearsed: Sequence[Rehearsed], jobs: int) -> str:
    """How many jobs were checked, and how long they take in all.

    Args:
        jobs: how many there will be; more than were rehearsed where a sampler proposes them.
    """
    models = len({id(job.rehearsal) for job in rehearsed})
    seconds = jobs * math.fsum(job.rehearsal.seconds for job in rehearsed) / len(rehearsed)
    proposed = f", as {len(rehearsed)} of which these stand" if jobs > len(rehearsed) else ""
    return (
        f"checked: {_counted(jobs, 'job')}{proposed}; a batch went through {_counted(models, 'model')}. "
        f"Training takes at most about {_duration(seconds)} on this machine, one after another."
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _duration(seconds: float) -> str:
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}" if math.isfinite(seconds) else "for ever"
    return f"{seconds:.0f} s"

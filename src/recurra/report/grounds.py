"""Which runs can be compared with each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from recurra.report.runs import Run


@final
@dataclass(frozen=True)
class Ground:
    """Runs on the same data, by the same score.

    Attributes:
        title: what was typed to say which data that is.
        runs: in the order in which they were given.
    """

    title: str
    runs: Sequence[Run]


def grounds(runs: Iterable[Run]) -> list[Ground]:
    """The runs, those together that can be compared."""
    by_ground: dict[str, list[Run]] = {}
    for run in runs:
        by_ground.setdefault(run.ground, []).append(run)
    found = []
    for together in by_ground.values():
        versions = _versions(together)
        for own in versions:
            known = next((run.results.data_hash for run in own if run.results.data_hash), "unknown")
            told = f" (file with hash {known[:8]})" if len(versions) > 1 else ""
            found.append(Ground(own[0].data + told, own))
    return found


def written(run: Run) -> float:
    """When its results were, in seconds of the system's clock."""
    return (run.folder / "results.json").stat().st_mtime


def _versions(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs by the content of the file that they read, where it changed under its name; the first one first.

    Each fold and split seed has rows, and so a hash, of its own: the first hash of one goes with the first of another.
    A run of which none is known counts to the first.
    """
    hashes: dict[str, list[str]] = {}
    version = {}
    for run in sorted(runs, key=written):
        seen = hashes.setdefault(str({**run.repeat, "seed": None}), [])
        if run.results.data_hash and run.results.data_hash not in seen:
            seen.append(run.results.data_hash)
        version[run.folder] = seen.index(run.results.data_hash) if run.results.data_hash else 0
    return [[run for run in runs if version[run.folder] == number] for number in sorted(set(version.values()))]

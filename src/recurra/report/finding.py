"""Which runs are meant by the paths that were typed."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from recurra.errors import ConfigError, did_you_mean
from recurra.report.runs import Left, Run, read_run
from recurra.run_files import RESULTS
from recurra.sweeps.sweep_json import SWEEP

_SHOWN = 5  # runs that an error message names


def find(paths: Iterable[Path]) -> list[Run | Left]:
    """Every run in these folders, once, in the order of their names; trials of sweeps that left no run among them.

    Raises:
        ConfigError: a path that does not exist, or in which there is no run.
    """
    found: dict[Path, Run | Left] = {}
    for path in paths:
        if not path.exists():
            raise ConfigError(_missing(path))
        own = _within(_folder(path) if path.is_file() else path)
        if not own:
            raise ConfigError(
                f"There is no run in {path}: no {RESULTS} there or in any folder of it. {_what_exists(Path('outputs'))}"
            )
        for run in own:
            found.setdefault(run.folder.resolve(), run)
    return list(found.values())


def _folder(file: Path) -> Path:
    """The folder of the run or the sweep that a file belongs to, such as results.json or checkpoints/best.ckpt."""
    for folder in list(file.parents)[:2]:
        if any((folder / name).is_file() for name in (RESULTS, SWEEP)):
            return folder
    raise ConfigError(f"{file} is a file, and of no run. {_what_exists(Path('outputs'))}")


def _within(path: Path) -> list[Run | Left]:
    folders, sweeps = _folders(path)
    runs = {folder: read_run(folder) for folder in folders}
    for sweep in sweeps:
        runs |= {lost.folder: lost for lost in _lost(sweep, runs)}
    return [runs[folder] for folder in sorted(runs, key=_by_number)]


def _folders(path: Path) -> tuple[list[Path], list[Path]]:
    """The folders of runs, none of which lies in another, and those of sweeps."""
    runs, sweeps = [], []
    for place, inner, files in os.walk(path):
        if RESULTS in files or ("config.yaml" in files and "train.log" in files):
            runs.append(Path(place))
            inner.clear()
        elif SWEEP in files:
            sweeps.append(Path(place))
        inner[:] = [name for name in inner if not name.startswith(".") and name != "frozen"]
    return runs, sweeps


def _lost(sweep: Path, runs: dict[Path, Run | Left]) -> Iterator[Left]:
    """Trials of a sweep that are known from its own file alone: some left no folder, others no reason."""
    try:
        trials = json.loads((sweep / SWEEP).read_text(encoding="utf-8"))["trials"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        yield Left(sweep, "unreadable", f"{SWEEP}: {error}")
        return
    for trial in trials:
        folder = sweep / str(trial["number"])
        run = runs.get(folder)
        if run is None or (isinstance(run, Left) and run.status == "killed" and trial["reason"]):
            yield Left(folder, trial["status"], trial["reason"] or "", tuple(trial["overrides"]))


def _by_number(folder: Path) -> tuple[list[str], int, str]:
    name = folder.name
    return list(folder.parent.parts), int(name) if name.isdigit() else -1, name


def _missing(path: Path) -> str:
    beside = [entry.name for entry in path.parent.iterdir() if entry.is_dir()] if path.parent.is_dir() else []
    return f"There is no folder {path}.{did_you_mean(path.name, beside)} {_what_exists(Path('outputs'))}"


def _what_exists(outputs: Path) -> str:
    newest = sorted(_folders(outputs)[0], key=lambda folder: folder.stat().st_mtime, reverse=True)[:_SHOWN]
    if not newest:
        return f"Give the folder of a run or of a sweep, or one above them; there is none in {outputs} here."
    return f"The newest runs in {outputs}: {', '.join(map(str, newest))}."

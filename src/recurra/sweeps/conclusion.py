"""What a sweep says in the end, and the files that it leaves."""

import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException
from optuna import Study

from recurra.console import place
from recurra.order import Order
from recurra.run_files import BEST, CHECKPOINTS
from recurra.sweeps import charts, own_run, table
from recurra.sweeps.best import command
from recurra.sweeps.bootstrap import Difference
from recurra.sweeps.experiment import write_experiment
from recurra.sweeps.findings import Findings, find
from recurra.sweeps.objective import Objective
from recurra.sweeps.repeats import Group
from recurra.sweeps.study import COMMAND
from recurra.sweeps.sweep_json import SWEEP, write_sweep
from recurra.sweeps.trials import Trials


def conclude(
    study: Study,
    trials: Trials,
    objectives: Sequence[Objective],
    again: Callable[[Group], Order],
    flags: Sequence[str],
    folder: Path,
    stopped: signal.Signals | None,
    *,
    gave_up: bool,
) -> int:
    """Tells how all trials stand, and returns the exit status: 1 where any failed, 128 + N after signal N.

    Writes sweep.json, the best run as an experiment, and pictures into the sweep's folder.

    Args:
        study: of the trials.
        trials: of the sweep.
        objectives: that they are compared by.
        again: the run that makes the best one again.
        flags: that its command needs, such as --config-dir.
        folder: of the sweep.
        stopped: what interrupted it.
        gave_up: whether too many failed for it to go on.
    """
    found = find(study, trials, objectives, folder)
    file = os.path.relpath(folder / SWEEP)
    if found.ranked:
        front = {group.records[0].number for group in found.front}
        print("\n" + table.table(found.ranked, objectives, front, file))
    print("\n" + table.counted(found.records))
    for line in table.failures(found.records, file):
        print(line, file=sys.stderr)
    with FileLock(folder / ".concluding.lock"):  # other processes may come to the end of the same sweep
        order = None if found.best is None else again(found.best)
        write_sweep(folder, found, study.user_attrs[COMMAND], order, flags)
        if found.best is not None and order is not None:
            _tell(found.best, command(order, flags), order, found, folder)
        _draw(found, folder)
        if order is not None and not found.of("waiting", "running"):
            own_run.tell(found, order, command(order, flags), folder)
    print(f"\nfiles: {os.path.relpath(folder)}")
    if waiting := len(found.of("waiting", "running")):
        why = f"stopped by {stopped.name}" if stopped else "too many failed" if gave_up else "others are at work"
        left = "1 trial is left" if waiting == 1 else f"{waiting} trials are left"
        print(f"{why}; {left}. To go on: the same command with hydra.sweep.dir={folder}")
    if stopped is not None:
        return 128 + stopped
    return 1 if found.of("failed") else 0


def _tell(best: Group, again: str, order: Order, found: Findings, folder: Path) -> None:
    """How good the best run is, how sure that is, and how it is made again."""
    score = f"{found.objectives[0].title} {table.spread(best, found.objectives[0])}"
    print(f"\nbest: {table.called(best)}, {score}")
    if isinstance(found.difference, Difference):
        names = table.names(found.ranked[0], found.ranked[1])
        print(found.difference.told(*names, found.objectives[0].name))
    elif found.difference is not None:
        print(f"not compared with the second row by row: {found.difference}")
    print(f"  {place()}{again}")
    origin = f"The best of the sweep {os.path.relpath(folder)}: {again}"
    expected = score + (f", over {len(best.finished)} runs" if len(best.finished) > 1 else "")
    try:
        typed = write_experiment(Path(os.path.relpath(folder)), order, origin=origin, expected=expected)
        print(f"  {place()}{typed}")
    except (HydraException, OmegaConfBaseException) as error:  # the configuration was edited while the sweep ran
        print(f"experiment/best.yaml was not written: {error}", file=sys.stderr)
    checkpoint = best.finished[0].folder / CHECKPOINTS / BEST
    if len(best.records) == 1 and checkpoint.is_file():
        print(f"  {place()}recurra evaluate {shlex.quote(os.path.relpath(checkpoint))}")


def _draw(found: Findings, folder: Path) -> None:
    """The pictures that say something."""
    finished = found.of("finished")
    if found.importances:
        charts.draw_importances(folder / "importances.png", found.importances, found.objectives[0], len(finished))
    if found.varied:
        slices = folder / "slices.png"
        if said := charts.draw_slices(slices, finished, found.varied, found.logarithmic, found.objectives[0]):
            print(said)
    if len(found.objectives) > 1 and len(finished) > 1:
        on = {record.number for group in found.front for record in group.finished}
        charts.draw_front(folder / "pareto_front.png", finished, on, found.objectives)

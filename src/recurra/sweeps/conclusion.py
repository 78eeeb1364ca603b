"""What a sweep says in the end."""

import os
import signal
import sys
from pathlib import Path

from optuna.trial import TrialState

from recurra import tables
from recurra.results import Results
from recurra.run_files import RESULTS
from recurra.sweeps.trials import OVERRIDES, REASON, Trials


def conclude(trials: Trials, folder: Path, stopped: signal.Signals | None, *, gave_up: bool) -> int:
    """Tells how all trials stand, and returns the exit status: 1 where any failed, 128 + N after signal N.

    Args:
        folder: of the sweep.
        stopped: what interrupted it.
        gave_up: whether too many failed for it to go on.
    """
    runs = [folder / str(trial.number) for trial in trials.all]
    if results := [Results.load(run) for run in runs if (run / RESULTS).is_file()]:
        print("\n" + tables.comparison(results))
    failed = trials.of(TrialState.FAIL)
    for trial in failed:
        typed = " ".join(trial.user_attrs.get(OVERRIDES, []))
        log = os.path.relpath(folder / str(trial.number) / "train.log")
        print(f"trial {trial.number} ({typed}) failed: {trial.user_attrs[REASON]}; {log}", file=sys.stderr)
    waiting = len(trials.of(TrialState.WAITING, TrialState.RUNNING))
    print(f"\nfiles: {os.path.relpath(folder)}")
    if waiting:
        why = f"stopped by {stopped.name}" if stopped else "too many failed" if gave_up else "others are at work"
        print(f"{why}; {waiting} trials are left. To go on: the same command with hydra.sweep.dir={folder}")
    if stopped is not None:
        return 128 + stopped
    return 1 if failed else 0

"""A sweep, from the command that was typed to its last trial."""

import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.plugins import Plugins
from omegaconf import OmegaConf
from optuna.samplers import RandomSampler

from recurra.commands.plan import Plan, own_folders
from recurra.instantiation import instantiate
from recurra.schema import check_node
from recurra.signals import Signals
from recurra.sweeps import forecast
from recurra.sweeps.best import best_order
from recurra.sweeps.conclusion import conclude
from recurra.sweeps.conduct import Conduct
from recurra.sweeps.frozen import frozen
from recurra.sweeps.launching import Ended, NextJob, StreamingLauncher, in_batches
from recurra.sweeps.objective import chosen
from recurra.sweeps.outcome import Outcome
from recurra.sweeps.presence import presence
from recurra.sweeps.rehearsals import rehearse_all
from recurra.sweeps.storage import opened
from recurra.sweeps.study import open_study
from recurra.sweeps.trials import Trials

if TYPE_CHECKING:
    from hydra.plugins.launcher import Launcher

    from hydra_plugins.recurra.sweeper import RecurraSweeper


def sweep(asked: "RecurraSweeper", arguments: Sequence[str]) -> int:
    """Makes the trials that have not been made, and returns the exit status.

    Args:
        asked: what is asked of the sweeper.
        arguments: overrides as Hydra has them, those that vary among them.

    Raises:
        RecurraError: a mistake in the command, before any trial is made.
    """
    check_node(_plain(asked.config.hydra.sweeper), "hydra.sweeper")
    folder = Path(asked.config.hydra.sweep.dir)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with frozen(asked.hydra_context, folder, kept=not asked.config.dry_run) as context:
            launcher = Plugins.instance().instantiate_launcher(context, asked.task_function, asked.config)
            plan = Plan(asked, arguments, context.config_loader)
            rehearsed = rehearse_all(plan.orders(folder))
            objectives = chosen(asked.objectives, [job.rehearsal for job in rehearsed])
            if asked.config.dry_run:
                print(forecast.table(rehearsed))
            print(forecast.sentence(rehearsed, len(plan.points)))
            if asked.config.dry_run:
                return 0
            storage = stack.enter_context(opened(asked.storage, folder))
            study = open_study(
                storage,
                asked.study or str(folder),
                objectives=objectives,
                sampler=RandomSampler if plan.in_order else instantiate(_plain(asked.sampler), "hydra.sweeper.sampler"),
                seed=int(asked.config.seed),
                command={**plan.told, "objectives": {objective.name: objective.direction for objective in objectives}},
            )
            if asked.pruner is not None:
                instantiate(_plain(asked.pruner), "hydra.sweeper.pruner")  # each run makes its own
        present = stack.enter_context(presence(storage, folder))
        signals = stack.enter_context(Signals())
        trials = Trials(study, plan.space, present, folder, objectives)
        trials.recover()
        trials.issue(plan.points)
        conduct = Conduct(trials, plan.fixed, folder, objectives, asked.max_failures, plan.composed)
        stopped = None
        try:
            conduct.go(_launching(launcher, asked.batch), _tell)
        except KeyboardInterrupt as interrupt:  # noted here, or by a run in this process
            stopped = signals.received or signal.Signals[str(interrupt)]
        again = partial(best_order, plan.fixed, compose=partial(plan.order, folder))
        flags = _flags(asked.hydra_context.config_loader)
        return conclude(study, trials, objectives, again, flags, folder, stopped, gave_up=conduct.gave_up)


def _flags(loader: ConfigLoader) -> list[str]:
    return [part for folder in own_folders(loader) for part in ("--config-dir", os.path.relpath(folder))]


def _launching(launcher: "Launcher", size: int) -> Callable[[NextJob], Generator[Ended, None, None]]:
    return launcher.stream if isinstance(launcher, StreamingLauncher) else partial(in_batches, launcher, size)


def _tell(ended: Ended, became: Outcome) -> None:
    """One line for a trial that failed; the others have spoken for themselves."""
    if became.status == "failed":
        reason = str(became.reason).splitlines()[0]
        print(f"trial {ended.job.number} failed: {reason}", file=sys.stderr)


def _plain(node: Any) -> Any:
    return OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node

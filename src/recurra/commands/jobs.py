"""What Hydra calls with the configuration that it has composed: the one run of a command, or a run of a sweep."""

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, final

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from recurra.commands.folders import intact, last_checkpoint
from recurra.commands.job import order_of
from recurra.errors import RecurraError

if TYPE_CHECKING:
    from recurra.order import Order
    from recurra.results import Results


@final
class OnlyRun:
    """The run of a command without `-m`. What goes wrong is kept for `conclude`: Hydra would print a line of its own.

    Args:
        resume: the checkpoint to go on from.

    Attributes:
        composed: whether Hydra has composed what it composes.
    """

    composed = False

    def __init__(self, resume: Path | None) -> None:
        self._resume = resume
        self._results: Results | None = None
        self._error: Exception | None = None

    def __call__(self, config: DictConfig) -> None:
        """Does it."""
        try:
            order = order_of(config, Path(HydraConfig.get().runtime.output_dir), self._resume)
            if config.dry_run:
                print(_rehearsed(order))
            else:
                self._results = _run(order)
        except Exception as error:
            self._error = error

    def conclude(self) -> int:
        """Says what to type next, and returns the exit status.

        Raises:
            Exception: what went wrong.
        """
        if self._error is not None:
            raise self._error
        if self._results is None:  # --cfg, dry_run=true and others show, and do nothing
            return 0
        if self._results.status == "finished":
            from recurra.commands.next_steps import next_steps
            from recurra.ranks import leads

            if leads():
                print(next_steps(self._results))
        return self._results.exit_code


@final
class RunOfSweep:
    """A run of a sweep, in this process or in another one that a launcher sends this object to.

    Attributes:
        composed: whether Hydra has composed what it composes; a sweeper may say so.
    """

    def __init__(self) -> None:
        self.composed = False
        self._heard: set[str] = set()

    def __call__(self, config: DictConfig) -> float:
        """Does it, and returns the score of its validation for sweepers that want one.

        Raises:
            KeyboardInterrupt: it was interrupted; nothing less would keep a launcher from going on with the next one.
            Exception: it failed; what nobody foresaw is told in its train.log.
        """
        self.composed = True
        folder = Path(HydraConfig.get().runtime.output_dir)
        # No two trials share a folder: where there is a checkpoint, a cluster has begun this one before, and ended it.
        begun = last_checkpoint(folder)
        resume = None if begun is None else intact(begun)
        try:
            results = _run(order_of(config, folder, resume, self._heard))
        except RecurraError:
            raise
        except Exception:
            with open(folder / "train.log", "a", encoding="utf-8") as log:
                traceback.print_exc(file=log)
            raise
        if results.signal:
            raise KeyboardInterrupt(results.signal)
        return results.score

    def conclude(self) -> int:
        """The exit status where another sweeper than Recurra's, which says it itself, was done."""
        return 0


def _run(order: "Order") -> "Results":
    from recurra.run import run

    return run(order)


def _rehearsed(order: "Order") -> str:
    from recurra.rehearsal import check, rehearse
    from recurra.sweeps import forecast
    from recurra.sweeps.rehearsals import Rehearsed

    check(order)
    return forecast.sentence([Rehearsed([], order, rehearse(order))], 1)

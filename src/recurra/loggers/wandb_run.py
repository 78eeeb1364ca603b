"""A run of Weights & Biases, which no server can stop or hold up."""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from lightning.pytorch.loggers import WandbLogger

from recurra.loggers.kept_id import KeptId
from recurra.loggers.wandb_beginning import begun
from recurra.loggers.wandb_conclusion import STEP, give
from recurra.loggers.wandb_parts import WandbParts, rest
from recurra.results import Results

if TYPE_CHECKING:
    from wandb import Run

log = logging.getLogger("recurra")


@final
class WandbRun(WandbLogger):
    """A run that W&B hears of when training begins: one that fails before leaves none.

    Args:
        options: for `wandb.init`.
        settings: for `wandb.Settings`.
        kept: the run's id.
        conclude: what it is given when it has finished.
    """

    def __init__(
        self,
        options: dict[str, Any],
        settings: dict[str, Any],
        kept: KeptId,
        conclude: "Callable[[Run, Results], None]",
    ) -> None:
        super().__init__(project=options.get("project"), save_dir=options.get("dir", "."))
        self._options = options
        self._settings = settings
        self._kept = kept
        self._conclude = conclude
        self._parts = WandbParts(
            Path(options.get("dir") or os.environ["WANDB_DIR"]), options.get("id") or os.environ["WANDB_RUN_ID"]
        )
        self._run: Run | None = None
        self._refused = False
        self._lost = False

    @property
    def experiment(self) -> "Run":
        """The run; it begins when it is first asked for."""
        if self._run is None:
            self._run, self._refused = begun(self._options, self._settings, self._parts)
            self._experiment = self._run
            self._run.define_metric(STEP)
            self._run.define_metric("*", step_metric=STEP, step_sync=True)
            self._kept.keep(self._run.id)
        return self._run

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Logs a row. Where W&B's own process is gone, killed with all others of a job, the run goes on without it."""
        if self._lost:
            return
        try:
            super().log_metrics(metrics, step)
        except ConnectionError:
            self._lose(self.experiment)

    def end(self, results: Results) -> None:
        """Ends it as it ended in truth, and says where it is to be seen."""
        if (run := self._run) is None or self._lost:
            return
        missing = None
        try:
            if results.status == "finished":
                missing = give(run, partial(self._conclude, run, results))
            run.summary["status"] = results.status
            if results.signal == "SIGTERM":
                run.mark_preempting()
            run.finish(exit_code=results.exit_code)
        except ConnectionError:
            self._lose(run)
        except TimeoutError:
            log.info("W&B has not taken all of the run in time. To send the rest: %s", rest(Path(run.dir).parent))
        else:
            if missing:
                log.info("W&B was not given all that is known of the run: %s", missing)
            if run.offline:
                if not self._refused:  # then it was said
                    log.info("W&B ran offline. To see the run there: %s", self._parts.sync())
            elif run.url:  # `wandb disabled` leaves none
                log.info("W&B: %s", run.url)

    def _lose(self, run: "Run") -> None:
        import wandb

        self._lost = True
        with suppress(ConnectionError):
            wandb.teardown()  # the next run of a sweep begins a process of its own
        kept = rest(Path(run.dir).parent)
        log.info("W&B's own process has ended; the run goes on without it. To send what it kept: %s", kept)

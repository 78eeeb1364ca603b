"""A run of Weights & Biases, which no server can stop or hold up."""

import logging
import os
import shlex
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from lightning.pytorch.loggers import WandbLogger

from recurra.loggers.kept_id import KeptId
from recurra.loggers.wandb_conclusion import STEP, give
from recurra.loggers.wandb_mode import mode
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
        self._run: Run | None = None
        self._refused = False
        self._lost = False

    @property
    def experiment(self) -> "Run":
        """The run; it begins when it is first asked for."""
        if self._run is None:
            self._run = self._experiment = self._begun()
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
            self._lose()

    def end(self, results: Results) -> None:
        """Ends it as it ended in truth, and says where it is to be seen."""
        if (run := self._run) is None or self._lost:
            return
        try:
            if results.status == "finished":
                give(run, partial(self._conclude, run, results))
            run.summary["status"] = results.status
            if results.signal == "SIGTERM":
                run.mark_preempting()
            run.finish(exit_code=results.exit_code)
        except ConnectionError:
            self._lose()
        except TimeoutError:
            log.info("W&B has not taken all of the run in time. To send the rest: %s", self._rest())
        else:
            if not run.offline:
                log.info("W&B: %s", run.url)
            elif not self._refused:
                log.info("W&B ran offline. To see the run there: %s", self._sync())

    def _begun(self) -> "Run":
        # What fails it would report to the server that failed, and wait for an answer as the process ends.
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        import wandb

        begin = partial(
            wandb.init,
            **self._options,
            reinit="create_new",  # a run of the user's own, in a notebook, is none of ours
            settings=wandb.Settings(silent=True, finish_timeout_raises=True, **self._settings),
        )
        before = self._parts("run")
        try:
            return begin(mode=mode())
        except (wandb.Error, ConnectionError, TimeoutError) as error:
            wandb.teardown()  # else its process holds on to the run's id
            for empty in set(self._parts("run")).difference(before):
                shutil.rmtree(empty, ignore_errors=True)
            self._refused = True
            run = begin(mode="offline")
            log.info(
                "W&B at %s does not take the run (%s); it is kept offline. To see it there: %s",
                run.settings.base_url,
                str(error).splitlines()[0].replace("<no message>", "refused; wandb login may help"),
                self._sync(),
            )
            return run

    def _lose(self) -> None:
        import wandb

        self._lost = True
        with suppress(ConnectionError):
            wandb.teardown()  # the next run of a sweep begins a process of its own
        log.info("W&B's own process has ended; the run goes on without it. To send what it kept: %s", self._rest())

    def _parts(self, kind: str) -> list[Path]:
        """The folders that processes of this run wrote, one after another: of `run`, or of `offline-run`."""
        folder = self._options.get("dir") or os.environ["WANDB_DIR"]
        run_id = self._options.get("id") or os.environ["WANDB_RUN_ID"]
        return sorted(Path(folder).glob(f"*wandb/{kind}-*-{run_id}"))

    def _sync(self) -> str:
        return shlex.join(["wandb", "sync", *(os.path.relpath(part) for part in self._parts("offline-run"))])

    def _rest(self) -> str:
        """Of a run that was online."""
        assert self._run is not None
        folder = Path(self._run.dir).parent
        return shlex.join(["wandb", "sync", "--include-online", os.path.relpath(folder)])

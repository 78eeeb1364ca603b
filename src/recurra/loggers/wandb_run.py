"""Weights & Biases as a logger; no server of its can stop or hold up a run."""

import logging
import os
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from lightning.pytorch.loggers import WandbLogger

from recurra.loggers.kept_id import KeptId
from recurra.loggers.wandb_beginning import begun
from recurra.loggers.wandb_parts import WandbParts, rest
from recurra.loggers.wandb_variables import left_to_us
from recurra.ranks import leads
from recurra.results import Results
from recurra.types import PositiveFloat

if TYPE_CHECKING:
    from wandb import Run

log = logging.getLogger("recurra")

_STEP = "trainer/global_step"


def wandb_run(
    save_dir: str,
    *,
    project: str = "recurra",
    entity: str | None = None,
    name: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    tags: Sequence[str] = (),
    notes: str | None = None,
    log_model: bool = False,
    init_timeout: PositiveFloat = 10.0,
    finish_timeout: PositiveFloat = 60.0,
    config: Mapping[str, Any] | None = None,
    continues: bool = False,
) -> "WandbRun | None":
    """The logger of one run; None with `WANDB_MODE=disabled`, and on all ranks but the first.

    Args:
        save_dir: the run's folder; W&B keeps its files in `wandb` inside it.
        log_model: upload the best checkpoint; nothing is uploaded while offline.
        init_timeout: seconds that a server has to take the run; after them it is kept offline.
        finish_timeout: seconds that it has in the end to take what is left.
        config: what the run was made with, under flat names.
        continues: whether it goes on with what an earlier process began in this folder.
    """
    if os.environ.get("WANDB_MODE") == "disabled" or not leads():
        return None
    kept = KeptId(Path(save_dir) / "wandb-id.txt", continues=continues)
    known = kept.found()
    options = {
        "project": project,
        "entity": entity,
        "name": name,
        "group": group,
        "job_type": job_type,
        "tags": list(tags) or None,
        "notes": notes,
        "dir": save_dir,
        "id": known or uuid.uuid4().hex[:8],
        # `wandb sync` appends a part that resumes to those before, offline ones too; the first may be sent again.
        "resume": "allow" if known else None,
    }
    settings = {
        "init_timeout": init_timeout,
        "finish_timeout": finish_timeout,
        "save_code": True,  # else it keeps the commit, but not what has changed since
        "git_root": os.getcwd(),  # the run's folder may stand in another repository
    }
    return WandbRun({**left_to_us(options), "config": dict(config or {})}, left_to_us(settings), kept, log_model)


@final
class WandbRun(WandbLogger):
    """A run that W&B hears of when training begins: one that fails before leaves none.

    Args:
        options: for `wandb.init`.
        settings: for `wandb.Settings`.
        kept: the run's id.
        log_model: upload the best checkpoint.
    """

    def __init__(self, options: dict[str, Any], settings: dict[str, Any], kept: KeptId, log_model: bool) -> None:
        super().__init__(project=options.get("project"), save_dir=options.get("dir", "."), log_model=log_model)
        self._options = options
        self._settings = settings
        self._kept = kept
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
            self._run.define_metric(_STEP)
            self._run.define_metric("*", step_metric=_STEP, step_sync=True)
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
        try:
            run.summary["status"] = results.status
            if results.signal == "SIGTERM":
                run.mark_preempting()
            run.finish(exit_code=results.exit_code)
        except ConnectionError:
            self._lose(run)
        except TimeoutError:
            log.info("W&B has not taken all of the run in time. To send the rest: %s", rest(Path(run.dir).parent))
        else:
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

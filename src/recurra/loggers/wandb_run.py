"""Weights & Biases as a logger: online when logged in, else offline. No server can stop or hold up a run."""

import logging
import os
import shlex
import shutil
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from lightning.pytorch.loggers import WandbLogger

from recurra.loggers.kept_id import KeptId
from recurra.loggers.wandb_mode import mode
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
    begun = kept.found()
    options = {
        "project": project,
        "entity": entity,
        "name": name,
        "group": group,
        "job_type": job_type,
        "tags": list(tags) or None,
        "notes": notes,
        "dir": save_dir,
        "id": begun or uuid.uuid4().hex[:8],
        # `wandb sync` appends a part that resumes to those before, offline ones too; the first may be sent again.
        "resume": "allow" if begun else None,
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
        self._run: Run | None = None
        self._refused = False
        self._lost = False

    @property
    def experiment(self) -> "Run":
        """The run; it begins when it is first asked for."""
        if self._run is None:
            self._run = self._experiment = self._begun()
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
            self._lose()

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
            self._lose()
        except TimeoutError:
            log.info("W&B has not taken all of the run in time. To send the rest: %s", self._rest())
        else:
            if run.offline:
                if not self._refused:  # then it was said
                    log.info("W&B ran offline. To see the run there: %s", self._sync())
            elif run.url:  # `wandb disabled` leaves none
                log.info("W&B: %s", run.url)

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

"""Weights & Biases as a logger: online when logged in, else offline."""

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.loggers.kept_id import KeptId
from recurra.loggers.wandb_conclusion import tell_of_rows
from recurra.loggers.wandb_run import WandbRun
from recurra.loggers.wandb_variables import left_to_us
from recurra.ranks import leads
from recurra.results import Results
from recurra.types import NaturalInt, PositiveFloat

if TYPE_CHECKING:
    from wandb import Run


def wandb_logger(
    save_dir: str,
    *,
    project: str = "recurra",
    entity: str | None = None,
    name: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    tags: Sequence[str] = (),
    notes: str | None = None,
    examples: NaturalInt = 25,
    log_model: bool = False,
    init_timeout: PositiveFloat = 10.0,
    finish_timeout: PositiveFloat = 60.0,
    config: Mapping[str, Any] | None = None,
    continues: bool = False,
    conclude: "Callable[[Run, Results], None] | None" = None,
) -> WandbRun | None:
    """The logger of one run; None with `WANDB_MODE=disabled`, and on all ranks but the first.

    Args:
        save_dir: the run's folder; W&B keeps its files in `wandb` inside it.
        examples: validation texts that are shown, the worst ones and random ones; 0 shows none.
        log_model: keep the best checkpoint there, too; offline it waits with the run.
        init_timeout: seconds that a server has to take the run; after them it is kept offline.
        finish_timeout: seconds that it has in the end to take what is left.
        config: what the run was made with, under flat names.
        continues: whether it goes on with what an earlier process began in this folder.
        conclude: what it is given when it has finished; None for what is known of its validation rows.
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
    shown = conclude or partial(tell_of_rows, examples=examples, log_model=log_model)
    return WandbRun({**left_to_us(options), "config": dict(config or {})}, left_to_us(settings), kept, shown)

"""Weights & Biases as a logger: online when logged in, else offline; its environment variables win."""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from lightning.pytorch.loggers import WandbLogger

log = logging.getLogger("recurra")

_VARIABLES = {
    "project": "WANDB_PROJECT",
    "entity": "WANDB_ENTITY",
    "name": "WANDB_NAME",
    "group": "WANDB_RUN_GROUP",
    "job_type": "WANDB_JOB_TYPE",
    "tags": "WANDB_TAGS",
    "notes": "WANDB_NOTES",
    "save_dir": "WANDB_DIR",
    "mode": "WANDB_MODE",
}


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
    log_model: bool = False,
    config: Mapping[str, Any] | None = None,
) -> WandbLogger:
    """Lightning's logger for one run, which `finish` must end.

    Args:
        save_dir: the run's folder; W&B keeps its files in `wandb` inside it.
        log_model: upload the best checkpoint; nothing is uploaded while offline.
        config: what the run was made with, under flat names.
    """
    import wandb

    options: dict[str, Any] = {
        "project": project,
        "entity": entity,
        "name": name,
        "group": group,
        "job_type": job_type,
        "tags": list(tags) or None,
        "notes": notes,
        "save_dir": save_dir,
        "config": None if config is None else dict(config),
        "mode": "online" if _logged_in() else "offline",
    }
    for option, variable in _VARIABLES.items():
        if os.environ.get(variable):
            # Lightning would fill the first three with names of its own.
            options[option] = os.environ[variable] if option in ("project", "save_dir", "mode") else None
    online = options["mode"] in ("online", "shared")
    logger = WandbLogger(
        log_model=log_model and online,
        settings=wandb.Settings(silent=True),
        **{option: value for option, value in options.items() if value is not None},
    )
    logger._wandb_init.pop("anonymous", None)  # W&B warns of it even where Lightning hands over None
    return logger


def finish(loggers: Sequence[Any], *, status: str) -> None:
    """Ends the W&B runs among `loggers`, whatever happened, and says where they are to be seen.

    Without it, jobs of a sweep in one process would silently share one run.
    """
    for logger in loggers:
        if not isinstance(logger, WandbLogger):
            continue
        import wandb

        if wandb.run is None:
            continue
        run = wandb.run
        run.summary["status"] = status
        folder, url = run.dir, None if run.offline else run.url
        run.finish(exit_code=1 if status == "failed" else 0)
        if url:
            log.info("W&B: %s", url)
        elif os.path.isdir(folder):
            log.info("W&B ran offline. To see the run there: wandb sync %r", os.path.dirname(folder))


def _logged_in() -> bool:
    import wandb

    return bool(wandb.login(prompt=False, verify=False))

"""W&B's environment variables win over everything else."""

import os
from collections.abc import Mapping
from typing import Any

_VARIABLES = {
    "project": "WANDB_PROJECT",
    "entity": "WANDB_ENTITY",
    "name": "WANDB_NAME",
    "group": "WANDB_RUN_GROUP",
    "job_type": "WANDB_JOB_TYPE",
    "tags": "WANDB_TAGS",
    "notes": "WANDB_NOTES",
    "dir": "WANDB_DIR",
    "id": "WANDB_RUN_ID",
    "resume": "WANDB_RESUME",
    "init_timeout": "WANDB_INIT_TIMEOUT",
    "finish_timeout": "WANDB_FINISH_TIMEOUT",
    "save_code": "WANDB_SAVE_CODE",
    "git_root": "WANDB_GIT_ROOT",
}
"""Of each argument of `wandb.init` or `wandb.Settings` that a run gives."""


def left_to_us(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are given and that no variable decides: W&B reads it itself where nobody says otherwise."""
    return {name: value for name, value in given.items() if value is not None and not os.environ.get(_VARIABLES[name])}

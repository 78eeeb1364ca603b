"""Whether a W&B run is online."""

import os
from typing import Any


def mode() -> Any:
    """`WANDB_MODE`, or what `wandb offline` has noted; else online where W&B finds a key, and offline where not.

    Nothing is asked for on the terminal, and no server is asked whether it knows the key.

    Raises:
        wandb.Error: the key is none.
    """
    import wandb

    settings = wandb.setup().settings
    wanted = os.environ.get("WANDB_MODE") or settings.mode
    if wanted != "online":
        return wanted
    silent = settings.silent
    wandb.setup(wandb.Settings(silent=True))  # else it would ask the server for the user's name, to say it
    try:
        return "online" if wandb.login(prompt=False, verify=False) else "offline"
    finally:
        wandb.setup(wandb.Settings(silent=silent))

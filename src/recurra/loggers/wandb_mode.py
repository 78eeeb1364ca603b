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

    session = wandb.setup(wandb.Settings(silent=True))  # else it would ask the server for the user's name, to say it
    wanted = os.environ.get("WANDB_MODE") or session.settings.mode
    if wanted == "online" and not wandb.login(prompt=False, verify=False):
        return "offline"
    return wanted

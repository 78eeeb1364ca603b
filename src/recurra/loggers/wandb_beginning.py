"""How a W&B run begins: online when logged in, else offline, and offline where no server takes it in time."""

import logging
import os
import shutil
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from recurra.errors import first_line
from recurra.loggers.wandb_mode import mode
from recurra.loggers.wandb_parts import WandbParts

if TYPE_CHECKING:
    from wandb import Run

log = logging.getLogger("recurra")


def begun(options: Mapping[str, Any], settings: Mapping[str, Any], parts: WandbParts) -> "tuple[Run, bool]":
    """The run, and whether a server did not take it, which is said.

    Args:
        options: for `wandb.init`.
        settings: for `wandb.Settings`.
        parts: of the run.
    """
    # What fails it would report to the server that failed, and wait for an answer as the process ends.
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    begin = partial(
        wandb.init,
        **options,
        reinit="create_new",  # a run of the user's own, in a notebook, is none of ours
        settings=wandb.Settings(silent=True, finish_timeout_raises=True, **settings),
    )
    before = parts.online()
    try:
        return begin(mode=mode()), False
    except (wandb.Error, ConnectionError, TimeoutError) as error:
        wandb.teardown()  # else its process holds on to the run's id
        for empty in parts.online() - before:
            shutil.rmtree(empty, ignore_errors=True)
        run = begin(mode="offline")
        log.info(
            "W&B at %s does not take the run (%s); it is kept offline. To see it there: %s",
            run.settings.base_url,
            first_line(error).replace("<no message>", "refused; wandb login may help"),
            parts.sync(),
        )
        return run, True

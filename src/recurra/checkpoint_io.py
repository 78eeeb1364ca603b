"""How Lightning's checkpoints reach the disk."""

import io
from pathlib import Path
from typing import Any, final

import torch
from lightning.fabric.plugins import TorchCheckpointIO

from recurra.whole_file import whole_file


@final
class WholeCheckpointIO(TorchCheckpointIO):
    """Writes a checkpoint whole or not at all, also where the system's folder for temporary files is another disk.

    Lightning's own writer makes its draft there, and moving it between disks is a copy that can be cut short.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None) -> None:
        """Writes `checkpoint` to `path`."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()  # torch's own file writer says nothing of what the system refused
        torch.save(checkpoint, buffer)
        with whole_file(path) as draft:
            draft.write_bytes(buffer.getbuffer())

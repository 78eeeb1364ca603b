"""What Lightning saves when SLURM is about to take the machine away."""

from pathlib import Path

from lightning.pytorch import Trainer

_SAVED = "hpc_ckpt_*.ckpt"


def forget_saved(trainer: Trainer, folder: Path, *, before: Path | None = None) -> None:
    """Removes it: whatever Lightning does next, it would begin with those weights, in scoring the best ones too.

    Args:
        folder: of the run.
        before: a checkpoint; what was saved after it stays.
    """
    if trainer.is_global_zero:
        newest = float("inf") if before is None else before.stat().st_mtime
        for saved in folder.glob(_SAVED):
            if saved.stat().st_mtime < newest:
                saved.unlink()
    trainer.strategy.barrier()

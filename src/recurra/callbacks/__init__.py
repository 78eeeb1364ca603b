"""What Recurra adds to Lightning's own callbacks."""

from recurra.callbacks.early_stopped import EarlyStopped
from recurra.callbacks.epoch_lines import EpochLines
from recurra.callbacks.finite_loss import FiniteLoss
from recurra.callbacks.gradient_flow import GradientFlow
from recurra.callbacks.interruption import Interrupted, Interruption
from recurra.callbacks.last_checkpoint import LastCheckpoint
from recurra.callbacks.moving_average import MovingAverage
from recurra.callbacks.no_dropout import NoDropout
from recurra.callbacks.random_state import RandomState
from recurra.callbacks.solved import Solved
from recurra.callbacks.step_lines import StepLines
from recurra.callbacks.throughput import Throughput
from recurra.callbacks.training_figures import TrainingFigures

__all__ = [
    "EarlyStopped",
    "EpochLines",
    "FiniteLoss",
    "GradientFlow",
    "Interrupted",
    "Interruption",
    "LastCheckpoint",
    "MovingAverage",
    "NoDropout",
    "RandomState",
    "Solved",
    "StepLines",
    "Throughput",
    "TrainingFigures",
]

"""What Recurra adds to Lightning's own callbacks."""

from recurra.callbacks.epoch_lines import EpochLines
from recurra.callbacks.interruption import Interrupted, Interruption
from recurra.callbacks.random_state import RandomState
from recurra.callbacks.throughput import Throughput

__all__ = ["EpochLines", "Interrupted", "Interruption", "RandomState", "Throughput"]

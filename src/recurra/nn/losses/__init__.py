"""Losses: a file each; a new one is one file here and one YAML in `conf/loss`."""

from recurra.nn.losses.base import Loss
from recurra.nn.losses.bce import BinaryCrossEntropy
from recurra.nn.losses.cross_entropy import CrossEntropy
from recurra.nn.losses.focal import Focal
from recurra.nn.losses.mse import MeanSquaredError
from recurra.nn.losses.sampled_nce import SampledNCE
from recurra.nn.losses.sampled_softmax import SampledSoftmax

__all__ = ["BinaryCrossEntropy", "CrossEntropy", "Focal", "Loss", "MeanSquaredError", "SampledNCE", "SampledSoftmax"]

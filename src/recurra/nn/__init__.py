"""Tensors only: what a model is made of. Knows no text and no Lightning."""

from recurra.nn.attention import Attention
from recurra.nn.embedding import Embedding
from recurra.nn.initialisation import initialise
from recurra.nn.pooling import Pooling
from recurra.nn.recurrence import Recurrence

__all__ = ["Attention", "Embedding", "Pooling", "Recurrence", "initialise"]

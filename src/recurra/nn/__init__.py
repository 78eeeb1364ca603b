"""Tensors only: what a model is made of. Knows no text and no Lightning."""

from recurra.nn.attention import Attention
from recurra.nn.embedding import Embedding
from recurra.nn.initialisation import initialise
from recurra.nn.linear_embedding import LinearEmbedding
from recurra.nn.pooling import Pooling
from recurra.nn.recurrence import Recurrence

__all__ = ["Attention", "Embedding", "LinearEmbedding", "Pooling", "Recurrence", "initialise"]

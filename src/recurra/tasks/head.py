"""From features to logits."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.dropout import Dropout
from recurra.nn.embedding import Embedding

HeadInit = Literal["xavier", "normal"]


class Head(nn.Module):
    """Dropout and one linear layer.

    Args:
        features_size: S.
        output_size: C.
        dropout: share of the features.
        init: how it is drawn: Xavier-uniform weights and zero bias, or as in the original TextRNN: normal weights of
            standard deviation 0.1, and the bias as TensorFlow does by itself, Glorot-uniform as if C were both fans.
        tied: weights (C, E) that the linear layer shares, such as the embedding's (Press & Wolf 2017, section 3);
            where E is not S, another one comes before it. Rows beyond C, of inputs that nobody predicts, are left out.

    Attributes:
        narrowing: from the width of the features to that which the linear layer reads, where they differ.
        projection: the linear layer.
    """

    def __init__(
        self,
        features_size: int,
        output_size: int,
        dropout: float = 0.0,
        init: HeadInit = "xavier",
        tied: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.dropout = Dropout(dropout)
        width = features_size if tied is None else tied.size(1)
        self.narrowing = nn.Identity() if width == features_size else nn.Linear(features_size, width, bias=False)
        self.projection = nn.Linear(width, output_size)
        if init == "xavier":
            nn.init.xavier_uniform_(self.projection.weight)
            nn.init.zeros_(self.projection.bias)
        else:
            bound = (6 / (output_size + output_size)) ** 0.5
            nn.init.normal_(self.projection.weight, std=0.1)
            nn.init.uniform_(self.projection.bias, -bound, bound)
        if tied is not None:
            assert isinstance(tied, nn.Parameter)
            self.projection.weight = tied

    @torch.no_grad()
    def expect(self, counts: Sequence[int]) -> None:
        """Sets the biases so that features of zero make each of C classes as likely as it is frequent.

        Where classes are thousands, training takes long to find that out.

        Args:
            counts: (C,) how often each stands in what is learnt from; one more of each is counted.
        """
        frequencies = torch.tensor(counts) + 1.0
        self.projection.bias.copy_((frequencies / frequencies.sum()).log())

    def read(self, features: Tensor) -> Tensor:
        """What the linear layer is given: (B, features_size) -> (B, width)."""
        read: Tensor = self.narrowing(self.dropout(features))
        return read

    def forward(self, features: Tensor) -> Tensor:
        """(B, features_size) -> (B, output_size)."""
        projection = self.projection
        return functional.linear(self.read(features), projection.weight[: projection.out_features], projection.bias)


def word_head(
    words: int,
    states_size: int,
    embedding: Embedding,
    class_counts: Sequence[int] | None,
    *,
    tied: bool,
    dropout: float,
) -> Head:
    """The head that tells words from states.

    Args:
        words: of the vocabulary.
        states_size: width of a state.
        embedding: whose weights are the head's, too, if they are `tied`.
        class_counts: how often the training split has each word, from which the head begins; None where nothing is
            trained.
        tied: see there.
        dropout: share of the states' elements.

    Raises:
        ConfigError: the embedding is not to learn, so that a tied head could not.
    """
    weights = embedding.vectors.weight
    if tied and not weights.requires_grad:
        raise ConfigError(
            "embedding.frozen=true keeps the vectors as they are, and task.tied=true makes them the output's weights, "
            "which could then learn nothing. Give task.tied=false."
        )
    head = Head(states_size, words, dropout, tied=weights if tied else None)
    if class_counts is not None:
        head.expect(class_counts)
    return head

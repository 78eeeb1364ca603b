"""From features to logits."""

from typing import Literal

from torch import Tensor, nn

from recurra.nn.dropout import Dropout

HeadInit = Literal["xavier", "normal"]


class Head(nn.Module):
    """Dropout and one linear layer.

    Args:
        features_size: S.
        output_size: C.
        dropout: share of the features.
        init: how it is drawn: Xavier-uniform weights and zero bias, or as in the original TextRNN: normal weights of
            standard deviation 0.1, and the bias as TensorFlow does by itself, Glorot-uniform as if C were both fans.

    Attributes:
        projection: the linear layer.
    """

    def __init__(self, features_size: int, output_size: int, dropout: float = 0.0, init: HeadInit = "xavier") -> None:
        super().__init__()
        self.dropout = Dropout(dropout)
        self.projection = nn.Linear(features_size, output_size)
        if init == "xavier":
            nn.init.xavier_uniform_(self.projection.weight)
            nn.init.zeros_(self.projection.bias)
        else:
            bound = (6 / (output_size + output_size)) ** 0.5
            nn.init.normal_(self.projection.weight, std=0.1)
            nn.init.uniform_(self.projection.bias, -bound, bound)

    def forward(self, features: Tensor) -> Tensor:
        """(B, features_size) -> (B, output_size)."""
        logits: Tensor = self.projection(self.dropout(features))
        return logits

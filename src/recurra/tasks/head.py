"""From features to logits."""

from torch import Tensor, nn

from recurra.nn.dropout import Dropout


class Head(nn.Module):
    """Dropout and one linear layer.

    Attributes:
        projection: the linear layer, Xavier-uniform weights and zero bias at first.
    """

    def __init__(self, features_size: int, output_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = Dropout(dropout)
        self.projection = nn.Linear(features_size, output_size)
        nn.init.xavier_uniform_(self.projection.weight)
        nn.init.zeros_(self.projection.bias)

    def forward(self, features: Tensor) -> Tensor:
        """(B, features_size) -> (B, output_size)."""
        logits: Tensor = self.projection(self.dropout(features))
        return logits

"""From numbers to vectors."""

from torch import Tensor, nn

from recurra.types import PositiveInt


class LinearEmbedding(nn.Module):
    """The same linear layer at each step, for sequences of numbers; or the numbers as they are.

    Args:
        input_size: F, the numbers of each step.
        size: E, the width of a vector; None leaves the numbers as they are.

    Attributes:
        output_size: E.
    """

    def __init__(self, input_size: int, *, size: PositiveInt | None = None) -> None:
        super().__init__()
        self.output_size = input_size if size is None else size
        self.projection: nn.Module = nn.Identity()
        if size is not None:
            self.projection = linear = nn.Linear(input_size, size)
            nn.init.xavier_uniform_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, numbers: Tensor) -> Tensor:
        """(B, T, F) float32 -> (B, T, E)."""
        vectors: Tensor = self.projection(numbers)
        return vectors

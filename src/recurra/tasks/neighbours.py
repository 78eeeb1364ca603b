"""What a recurrence is asked beside the task: which tokens stand next to what it has read."""

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn

from recurra.nn.embedding import Embedding
from recurra.nn.encoders.base import Encoder
from recurra.nn.losses.sampled_softmax import SampledSoftmax
from recurra.nn.sequences import mask
from recurra.tasks.head import word_head
from recurra.types import Encoding, PositiveFloat, PositiveInt, Share


@final
class Neighbours(nn.Module):
    """The next token from what was read forwards, and the one before from what was read backwards, in training alone.

    Labels are few and words many: a recurrence that must also know its language overfits later. It is the loss of
    `task=two_way_language_model`, on the batches of another task. Where an embedding adds n-grams, a backward state has
    seen n - 1 tokens more than it has read, and is asked for the one before them.

    Source: Rei 2017, Semi-supervised Multitask Learning for Sequence Labeling, section 4.

    Args:
        class_counts: how often the training split has each token.
        encoder: with the states of one direction or two.
        embedding: the tokens' vectors, which are the output's weights, too, unless they are frozen.
        weight: of this loss, beside that of the task.
        num_sampled: tokens against which the true one is held, see `SampledSoftmax`.
        dropout: on the states, before the output.
    """

    def __init__(
        self,
        class_counts: Sequence[int],
        encoder: Encoder,
        embedding: Embedding,
        *,
        weight: PositiveFloat,
        num_sampled: PositiveInt,
        dropout: Share = 0.0,
    ) -> None:
        super().__init__()
        tied = embedding.vectors.weight.requires_grad
        words = len(class_counts)
        self.head = word_head(words, encoder.side_size, embedding, class_counts, tied=tied, dropout=dropout)
        self.loss = SampledSoftmax(class_counts, num_sampled=num_sampled)
        self.loss.begin(self.head)
        self.weight = weight
        self._sides = encoder.sides
        seen = 1 if embedding.ngrams is None else embedding.ngrams.longest
        self._steps = ((slice(None, -1), slice(1, None)), (slice(seen, None), slice(None, -seen)))
        """Of the states that tell, and of the tokens that they are asked for; forwards, backwards."""

    def forward(self, encoding: Encoding, tokens: Tensor, lengths: Tensor) -> tuple[Tensor, int]:
        """The weighted mean over all tokens of a batch that are asked.

        Args:
            encoding: of the batch.
            tokens: (B, T), as they stand in the texts.
            lengths: (B,).

        Returns:
            a scalar, and how many tokens were asked.
        """
        assert encoding.sided is not None
        real = mask(lengths, tokens.size(1))
        sides = encoding.sided.chunk(self._sides, dim=2)
        features, targets = [], []
        for side, (told, asked) in zip(sides, self._steps, strict=False):
            both = real[:, told] & real[:, asked]
            features.append(side[:, told][both])
            targets.append(tokens[:, asked][both])
        found, wanted = torch.cat(features), torch.cat(targets)
        # Texts of one token have none to tell; every weight still has a gradient, as several processes expect.
        loss: Tensor = self.loss(self.head, found, wanted) if len(wanted) else self.head(found).sum()
        return loss * self.weight, len(wanted)

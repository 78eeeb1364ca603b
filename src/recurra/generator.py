"""A finished language model, ready to write."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from recurra.checkpoint import Restored, restore
from recurra.errors import CheckpointError
from recurra.module import SequenceModule
from recurra.tasks import LanguageModel
from recurra.text.tokenizers import Tokenizer


class Generator:
    """Goes on with texts, one token at a time, the state carried along.

    Args:
        module: a language model in evaluation mode.
        tokenizer: the one that it was trained with.

    Raises:
        CheckpointError: it is no language model.
    """

    def __init__(self, module: SequenceModule, tokenizer: Tokenizer | None) -> None:
        if not isinstance(module.task, LanguageModel):
            asked = f"; to ask this one: recurra {module.task.verb}" if module.task.verb else ""
            raise CheckpointError(
                f"This model was trained for {type(module.task).__name__} and cannot write. "
                f"Train one that can: recurra-train data=text data.train=FILE{asked}."
            )
        assert tokenizer is not None, "a language model reads text"
        self.module = module
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, path: str | Path, *, trust: Sequence[str] = ()) -> "Generator":
        """The model of a checkpoint file; nothing else is needed.

        Args:
            path: such as `outputs/.../checkpoints/best.ckpt`.
            trust: packages of your own whose classes the checkpoint may build.

        Raises:
            CheckpointError: the file cannot be used, or holds no language model.
        """
        return cls.of(restore(path, trust))

    @classmethod
    def of(cls, restored: Restored) -> "Generator":
        """The generator of a model that was read already."""
        return cls(restored.module, restored.tokenizer)

    def stream(
        self,
        prompt: str = "",
        *,
        length: int = 500,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """What follows the prompt, in pieces as they are drawn, until the model ends the text.

        Args:
            prompt: where the text begins.
            length: tokens at most.
            temperature: what logits are divided by: below 1 likelier, above 1 bolder; 0 takes the likeliest always.
            top_k: only so many of the likeliest are drawn from.
            top_p: only the likeliest that together have this probability (Holtzman et al. 2020, section 3.1).
            seed: of the draws; None for others every time.
        """
        draw = torch.Generator()
        draw.seed() if seed is None else draw.manual_seed(seed)
        writer, names = self.tokenizer.writer(), self.tokenizer.vocabulary
        ids = self.tokenizer.encode([prompt])[0].tolist()
        for number in ids:
            writer.add(names[number])
        state: tuple[Tensor, ...] | None = None
        ids = [self.tokenizer.pad_id, *ids]  # the boundary before a text
        for _ in range(length):
            logits, state = self._step(ids, state)
            number = _drawn(logits, temperature, top_k, top_p, draw)
            if number == self.tokenizer.pad_id:
                return
            ids = [number]
            if piece := writer.add(names[number]):
                yield piece

    @torch.inference_mode()
    def _step(self, ids: list[int], state: tuple[Tensor, ...] | None) -> tuple[Tensor, tuple[Tensor, ...] | None]:
        """Logits (V,) of what follows the ids, and the state after them."""
        module = self.module
        encoding = module.encoder(module.embedding(torch.tensor([ids])), torch.tensor([len(ids)]), state)
        logits = module.task.head(encoding.states[:, -1])[0].float()
        logits[self.tokenizer.unknown_id] = -torch.inf  # nothing can be written for it
        return logits, encoding.state


def _drawn(logits: Tensor, temperature: float, top_k: int | None, top_p: float | None, draw: torch.Generator) -> int:
    """The number of a token, drawn."""
    if temperature == 0:
        return int(logits.argmax())
    ranked, order = (logits / temperature).sort(descending=True, stable=True)
    chances = ranked.softmax(0)
    if top_k is not None:
        chances[top_k:] = 0
    if top_p is not None:
        chances[chances.cumsum(0) - chances >= top_p] = 0  # those before it suffice; the likeliest always stays
    return int(order[torch.multinomial(chances, 1, generator=draw)])

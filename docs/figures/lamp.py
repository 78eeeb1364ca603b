"""A lamp that is switched on and off in a text: which is it at the end? Gates are shown on it.

Only the last switch counts, so that a reader must keep what it knows through filler and give it up at the next switch.
"""

import random

import torch
from drawing import panels, save
from encoders import encoder
from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.encoders import Encoder

SENTENCE = (
    "the lamp is off and we sit in the room for a while then on and we read by it for an hour then off and it is quiet"
)
SWITCHES = ["off", "on"]
VOCABULARY = [*SWITCHES, *sorted(set(SENTENCE.split()) - set(SWITCHES))]
UNITS = 8
_EMBEDDED = 16


class Reader(nn.Module):
    """Embedding, one recurrent direction, last state, two classes."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(VOCABULARY), _EMBEDDED)
        settings = [f"model={model}", f"model.hidden_size={UNITS}", "model.bidirectional=false", "model.pooling=last"]
        self.encoder: Encoder = encoder(*settings, input_size=_EMBEDDED)
        self.head = nn.Linear(UNITS, 2)

    def forward(self, words: Tensor) -> Tensor:
        lengths = torch.full((words.size(0),), words.size(1))
        return self.head(self.encoder(self.embedding(words), lengths).summary)


def numbers(sentence: str) -> Tensor:
    """(1, words) of a sentence."""
    return torch.tensor([[VOCABULARY.index(word) for word in sentence.split()]])


def learnt(model: str, steps: int = 1200) -> Reader:
    """A reader that was trained on texts of 5 to 30 words, each word a switch with one chance in eight."""
    torch.manual_seed(0)
    draw = random.Random(0)
    reader = Reader(model)
    optimizer = torch.optim.Adam(reader.parameters(), lr=1e-2)
    for _ in range(steps):
        words, targets = _texts(draw, 64)
        loss = functional.cross_entropy(reader(words), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
    words, targets = _texts(draw, 2000)
    with torch.inference_mode():
        print(f"{model}: {float((reader(words).argmax(1) == targets).float().mean()):.4f} of 2000 new texts")
    return reader.eval()


def draw(found: dict[str, Tensor], script: str) -> None:
    """One heat map above the other, each (units, words) of SENTENCE: gates from 0 to 1, all else around 0."""
    figure, axes = panels(len(found), 1, 7.6, 1.6 * len(found), sharex=True)
    for place, (name, values) in zip(axes[:, 0], found.items(), strict=True):
        furthest = float(values.abs().max())
        colours, lowest, highest = ("viridis", 0, 1) if "gate" in name else ("RdBu", -furthest, furthest)
        image = place.imshow(values.numpy(), aspect="auto", cmap=colours, vmin=lowest, vmax=highest)
        figure.colorbar(image, ax=place, fraction=0.03, pad=0.01)
        place.set_ylabel(name)
        place.set_yticks([])
    words = SENTENCE.split()
    axes[-1, 0].set_xticks(range(len(words)), words, rotation=60, ha="right", fontsize=9)
    save(figure, script)


def _texts(draw: random.Random, rows: int) -> tuple[Tensor, Tensor]:
    length = draw.randint(5, 30)
    words = torch.tensor(
        [
            [draw.randrange(2) if draw.random() < 0.125 else draw.randrange(2, len(VOCABULARY)) for _ in range(length)]
            for _ in range(rows)
        ]
    )
    words[:, 0] = torch.tensor([draw.randrange(2) for _ in range(rows)])  # each text has a switch
    switches = torch.where(words < 2, torch.arange(length), -1).argmax(1)
    return words, words.gather(1, switches.unsqueeze(1)).squeeze(1)

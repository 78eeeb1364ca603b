"""Which came first? Three readers that learn it from texts of up to 16 words, asked about longer ones too.

A text is filler with one A and one B in it; the question is whether A comes before B.
"""

import torch
from drawing import panels, save
from encoders import encoder
from torch import Tensor, nn
from torch.nn import functional

WORDS, A, B = 20, 18, 19
SIZE = 32  # of an embedding and of a state
SEEN = 16  # words in the longest text to learn from
LENGTHS = [4, 8, 12, 16, 20, 24, 32, 40, 48]


class Mean(nn.Module):
    """The mean of the words' vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.head = nn.Embedding(WORDS, SIZE), nn.Linear(SIZE, 2)

    def forward(self, words: Tensor) -> Tensor:
        return self.head(self.embedding(words).mean(1))


class Window(nn.Module):
    """A hidden layer over 16 places, each with weights of its own; what stands after them is cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, SIZE)
        self.hidden, self.head = nn.Linear(SEEN * SIZE, 128), nn.Linear(128, 2)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embedding(words[:, :SEEN]).flatten(1)
        return self.head(self.hidden(functional.pad(x, (0, SEEN * SIZE - x.size(1)))).relu())


class Recurrent(nn.Module):
    """A vanilla RNN, asked for its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.head = nn.Embedding(WORDS, SIZE), nn.Linear(SIZE, 2)
        settings = ["model=rnn", f"model.hidden_size={SIZE}", "model.bidirectional=false", "model.pooling=last"]
        self.encoder = encoder(*settings, input_size=SIZE)

    def forward(self, words: Tensor) -> Tensor:
        lengths = torch.full((words.size(0),), words.size(1))
        return self.head(self.encoder(self.embedding(words), lengths).summary)


def texts(rows: int, length: int) -> tuple[Tensor, Tensor]:
    """(rows, length) words, and (rows,) whether A comes before B."""
    words = torch.randint(0, A, (rows, length))
    places = torch.rand(rows, length).argsort(1)[:, :2]
    words.scatter_(1, places, torch.tensor([[A, B]]).expand(rows, 2))
    return words, (places[:, 0] < places[:, 1]).long()


def learnt(reader: nn.Module, steps: int = 1500) -> nn.Module:
    """The reader after training on texts of 4 to 16 words."""
    optimizer = torch.optim.Adam(reader.parameters(), lr=2e-3)
    for _ in range(steps):
        words, targets = texts(64, int(torch.randint(4, SEEN + 1, ())))
        loss = functional.cross_entropy(reader(words), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
    return reader.eval()


@torch.inference_mode()
def accuracy(reader: nn.Module, length: int) -> float:
    """The share of 2000 texts of a length that are read rightly."""
    words, targets = texts(2000, length)
    return float((reader(words).argmax(1) == targets).float().mean())


def main() -> None:
    """One line a reader."""
    figure, ((axes,),) = panels(1, 1, 6.5, 3.4)
    for name, kind, style in (
        ("RNN: $s_t = f(U x_t + W s_{t-1} + b)$", Recurrent, "C0o-"),
        ("window: own weights for each of 16 places", Window, "C1s--"),
        ("mean of the words", Mean, "C2^:"),
    ):
        torch.manual_seed(0)
        reader = learnt(kind())
        found = [accuracy(reader, length) for length in LENGTHS]
        print(f"{name}, {sum(p.numel() for p in reader.parameters()):,} parameters")
        print("  " + "  ".join(f"{length}: {share:.3f}" for length, share in zip(LENGTHS, found, strict=True)))
        axes.plot(LENGTHS, found, style, label=name, markersize=5)
    axes.axvspan(4, SEEN, color="0.93", zorder=0)
    axes.text((4 + SEEN) / 2, 0.56, "lengths seen in training", ha="center", color="0.35", fontsize=9)
    axes.set_xlabel("words in the text")
    axes.set_ylabel("accuracy")
    axes.set_ylim(0.45, 1.03)
    axes.legend(loc="upper right", bbox_to_anchor=(1, 0.93), fontsize=9)
    save(figure, __file__)


if __name__ == "__main__":
    main()

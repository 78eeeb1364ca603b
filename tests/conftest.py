"""What all tests share: a cache, outputs and W&B of their own, and a small data set that can be learnt."""

import csv
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# Before anything imports a library that reads them: no test may reach the network or the user's own cache.
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="true")
# Tiny models run fastest on one thread, and several on two cores only wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"

WORDS = {
    "sport": ["match", "goal", "team", "coach", "league", "player", "score", "season"],
    "money": ["market", "bank", "profit", "share", "price", "trade", "growth", "tax"],
    "music": ["song", "band", "album", "guitar", "concert", "singer", "chart", "tour"],
}
FILLER = ["the", "a", "of", "and", "was", "in", "to", "it", "for", "on"]


def sentences(rows: int, seed: int = 0, labels: tuple[str, ...] = tuple(WORDS)) -> list[tuple[str, str]]:
    """(label, text): each text mixes words of its label's topic with filler; all are distinct."""
    draw = random.Random(seed)
    made: dict[str, str] = {}
    while len(made) < rows:
        label = labels[len(made) % len(labels)]
        words = [draw.choice(WORDS[label] if draw.random() < 0.4 else FILLER) for _ in range(draw.randint(4, 20))]
        text = " ".join([*words, draw.choice(WORDS[label])])
        made.setdefault(text, label)
    return [(label, text) for text, label in made.items()]


def write_csv(path: Path, rows: list[tuple[str, str]], header: tuple[str, str] = ("label", "text")) -> Path:
    """Writes rows with a header."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@contextmanager
def place_apart(factory: pytest.TempPathFactory, rows: int) -> Iterator[Path]:
    """A folder for what the tests of a module share: entered, with a cache of its own and topics.csv of `rows`."""
    place = factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("RECURRA_CACHE", str(place / "cache"))
        write_csv(place / "topics.csv", sentences(rows))
        yield place


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test starts in an empty folder, with a cache of its own."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("RECURRA_CACHE", str(tmp_path / "cache"))
    return place


@pytest.fixture
def own_wandb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Nobody is logged in to W&B, and no variable of the machine's own decides."""
    import wandb

    for name in ("WANDB_MODE", "WANDB_SILENT"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path / "wandb-config"))
    wandb.teardown()  # a run that another test made has read the environment of before
    yield
    wandb.teardown()  # else its settings of this test would be those of the next


@pytest.fixture
def topics(own_place: Path) -> Path:
    """topics.csv: 240 rows, three classes, learnt in seconds."""
    return write_csv(own_place / "topics.csv", sentences(240))


def status(command: Callable[[Sequence[str]], None], *arguments: str) -> Any:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as left:
        command(list(arguments))
    return left.value.code


def typed(capsys: pytest.CaptureFixture[str], command: Callable[[Sequence[str]], None], *arguments: str) -> Any:
    """Exit status, standard output and standard error of a command."""
    code = status(command, *arguments)
    out, err = capsys.readouterr()
    return code, out, err


TINY = [
    "data=csv",
    "data.train=topics.csv",
    "embedding.size=16",
    "model.hidden_size=12",
    "trainer.max_epochs=3",
    "tokenizer.min_frequency=1",
    "data.batch_size=32",
]
"""Overrides with which a run on topics.csv takes about a second and learns it."""

"""Every YAML of this floor builds what it names, and begins with a sentence that says what it is."""

from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import nn

from recurra.tasks.head import Head

CONF = Path(__file__).parents[2] / "conf"
GROUPS = ("model", "embedding", "loss", "scheduler", "optimizer")
FILES = [path for group in GROUPS for path in sorted((CONF / group).glob("*.yaml"))]


def _factory(path: Path):
    node = OmegaConf.to_container(OmegaConf.load(path), throw_on_missing=False)
    assert isinstance(node, dict)
    if node.pop("vectors", None):  # as the caller does: the file says how wide its vectors are
        node["size"] = 7
    return instantiate(node, _convert_="all")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_form(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[0].endswith(".")
    assert lines[1].startswith("_target_: ")
    assert lines[2] == "_partial_: true"


@pytest.mark.parametrize("path", sorted((CONF / "optimizer").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_optimizer_steps_on_this_machine(path: Path) -> None:
    weight = nn.Parameter(torch.ones(2))
    optimizer = _factory(path)([weight])
    weight.square().sum().backward()
    optimizer.step()
    assert (weight < 1).all()


@pytest.mark.parametrize("path", sorted((CONF / "scheduler").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scheduler(path: Path) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1)
    schedules = _factory(path)(optimizer, 100)
    assert [schedule.monitored for schedule in schedules] == {"none": [], "plateau": [True]}.get(path.stem, [False])


@pytest.mark.parametrize("path", sorted((CONF / "loss").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_loss(path: Path) -> None:
    loss = _factory(path)(class_counts=30 * [3])
    targets = {"classes": torch.tensor([0, 1]), "bits": torch.eye(30)[:2], "values": torch.ones(2, 30)}[loss.targets]
    assert loss(Head(4, 30), torch.zeros(2, 4), targets).item() > 0


@pytest.mark.parametrize(("name", "size"), [("learned", 128), ("pretrained", 7)])
def test_every_embedding(name: str, size: int) -> None:
    embedding = _factory(CONF / "embedding" / f"{name}.yaml")(10)
    assert embedding(torch.tensor([[2, 0]])).shape == (1, 2, size)
    assert (embedding.dropout.p, embedding.word_dropout) == (0.4, 0.05)

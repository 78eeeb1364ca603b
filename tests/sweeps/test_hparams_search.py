from importlib.resources import files

import pytest
from conftest import TINY, typed

from recurra.commands.train import main

NAMES = sorted(file.name.removesuffix(".yaml") for file in (files("recurra.conf") / "hparams_search").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_it_is_searched(capsys, topics, name):
    given = [override for override in TINY if not override.startswith(("model.hidden_size", "trainer"))]
    command = ["-m", *given, f"hparams_search={name}", "hydra.sweeper.n_trials=2", "trainer.max_steps=1"]
    code, out, err = typed(capsys, main, *command, "logger=null")
    assert (code, err) == (0, "")
    assert "checked: 2 jobs" in out


def test_what_is_typed_comes_after_what_a_file_says(capsys, topics):
    command = ["-m", *TINY, "hparams_search=training", "dry_run=true", "hydra.sweeper.n_trials=9"]
    varied = ["optimizer.lr=0.005", "data.batch_size=choice(7,9)"]
    code, out, _ = typed(capsys, main, *command, *varied)
    assert code == 0
    assert "optimizer.lr" not in out
    assert "data.batch_size=7" in out
    assert "data.batch_size=16" not in out

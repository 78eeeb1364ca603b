"""The runner of the memory suite leaves alone what is finished and goes on with what is not."""

import sys
from pathlib import Path

import pytest
from PIL import Image
from test_resume import stop_after

import recurra
from recurra.results import Results

TINY = [
    "data.batches_per_epoch=4",
    "data.validation_rows=20",
    "data.test_rows=10",
    "model.hidden_size=4",
    "trainer.max_epochs=2",
]


@pytest.fixture
def suite(monkeypatch, own_place):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "bench")
    import memory_suite
    import table

    monkeypatch.setattr(table, "OUTPUTS", own_place / "bench")
    typed = ["memory_suite.py", "--lengths", "6", "--encoders", "GRU", "--at-once", "1", "--folder", "suite", *TINY]
    monkeypatch.setattr(sys, "argv", typed)
    return memory_suite.main


@pytest.mark.slow
def test_it_goes_on_and_draws_one_picture(monkeypatch, capfd, suite):
    folder = "suite/adding/6/GRU"
    with monkeypatch.context() as patch:
        stop_after(patch, 3)
        recurra.train(["experiment=memory_suite", "data.length=6", *TINY, f"hydra.run.dir={folder}"])
    assert Results.load(folder).status == "interrupted"
    capfd.readouterr()
    suite()
    out, _ = capfd.readouterr()
    assert "GRU, 6 steps: goes on" in out
    assert "chance: loss 0.1667; solved: at most 0.005" in out
    assert (Results.load(folder).status, Results.load(folder).steps) == ("finished", 8)
    with Image.open("suite/adding/memory_suite.png") as picture:
        assert picture.format == "PNG"
        colours = picture.convert("RGB").getcolors(1 << 20)
    assert any(max(colour) - min(colour) > 100 for _, colour in colours)  # axes and words alone are grey
    told = Path("bench/memory_adding.json").read_text()
    assert '"solved": "no"' in told
    assert '"steps": 8' in told

    written = Path(folder, "results.json").stat().st_mtime_ns
    suite()
    out, _ = capfd.readouterr()
    assert "GRU, 6 steps" not in out
    assert Path(folder, "results.json").stat().st_mtime_ns == written

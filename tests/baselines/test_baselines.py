import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from conftest import TINY, place_apart
from processes import begin, output

import recurra
from recurra.baselines import comparison
from recurra.callbacks import Interrupted


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run with baselines, and the same without."""
    with place_apart(tmp_path_factory, 240) as place:
        typed = [*TINY, "optimizer.lr=0.01"]
        beside = recurra.train([*typed, "baselines=true", "hydra.run.dir=beside"])
        recurra.train([*typed, "hydra.run.dir=alone"])
    return place, beside


def test_the_run_itself_is_the_same_bit_for_bit(finished):
    place, _ = finished
    for name in ("best", "last"):
        one, other = (
            torch.load(place / run / "checkpoints" / f"{name}.ckpt", weights_only=True)["state_dict"]
            for run in ("beside", "alone")
        )
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)
    told = [json.loads((place / run / "results.json").read_text()) for run in ("beside", "alone")]
    assert told[0]["validation"] == told[1]["validation"]
    assert told[0]["test"] == told[1]["test"]
    assert told[1]["baselines"] == {}


def test_results_hold_the_figures_of_each_baseline(finished):
    place, results = finished
    assert results.status == "finished"
    assert list(results.baselines) == ["tfidf", "bag"]
    for found in results.baselines.values():
        assert found["validation"].keys() == results.validation.keys()
        assert found["test"].keys() == results.test.keys()
        assert found["difference"]["rows"] == results.test["rows"] == 24
        better = results.test["f1_macro"] - found["test"]["f1_macro"]
        assert found["difference"]["better"] == pytest.approx(better)
        assert found["difference"]["low"] <= better <= found["difference"]["high"]
    # The embedding of the run, a row for each pair of words beside it and one for no pair, and a head on the mean.
    pairs = int(re.search(r"n-grams: (\d+) stand", Path(place, results.folder, "train.log").read_text())[1])
    assert results.baselines["bag"]["parameters"] == (36 + pairs + 1) * 16 + 16 * 3 + 3


def test_their_rows_are_kept_as_the_runs_own(finished):
    place, results = finished
    for split in ("validation", "test"):
        own = pq.read_table(place / "beside" / f"predictions_{split}.parquet")
        for name in ("tfidf", "bag"):
            other = pq.read_table(place / "beside" / "baselines" / name / f"predictions_{split}.parquet")
            assert other.column_names == own.column_names
            assert other.select(["row", "text", "length", "gold"]) == own.select(["row", "text", "length", "gold"])
            right = [
                gold == predicted
                for gold, predicted in zip(*other.select(["gold", "predicted"]).to_pydict().values(), strict=True)
            ]
            assert sum(right) / 24 == results.baselines[name][split]["accuracy"]


def test_the_table_closes_what_the_run_says(finished):
    place, _ = finished
    told = (place / "beside" / "train.log").read_text()
    assert told.index("loss 0.") < told.index("topics: beside models that are not recurrent")
    assert "lstm pays on this text" in told.splitlines()[-1] or "these rows do not tell" in told.splitlines()[-1]


def test_a_baseline_that_fails_is_told_and_the_run_was_saved_before(topics, monkeypatch):
    def broken(*given, **options):
        kept = json.loads(Path("run/results.json").read_text())
        assert kept["status"] == "finished"
        assert kept["validation"]["accuracy"] > 0
        raise MemoryError("no room\nfor this")

    monkeypatch.setattr(comparison, "tfidf", broken)
    results = recurra.train([*TINY, "trainer.max_epochs=1", "test=false", "baselines=true", "hydra.run.dir=run"])
    assert results.status == "finished"
    assert results.baselines["tfidf"] == {"error": "MemoryError: no room"}
    assert results.baselines["bag"].keys() == {"settings", "parameters", "seconds", "validation", "difference"}
    assert not Path("run/baselines/tfidf").exists()


def test_a_signal_stops_the_run_which_has_its_scores(topics, monkeypatch):
    def stopped(*given, **options):
        raise Interrupted

    monkeypatch.setattr(comparison, "bag", stopped)
    results = recurra.train([*TINY, "trainer.max_epochs=1", "baselines=true", "hydra.run.dir=run"])
    assert results.status == "interrupted"
    assert list(results.baselines) == ["tfidf"]
    assert json.loads(Path("run/results.json").read_text())["test"]["rows"] == 24


def test_a_bag_is_not_beside_itself_and_rows_that_were_left_out_are_not_compared(topics, capsys):
    limited = ["trainer.limit_val_batches=1", "data.batch_size=8", "test=false", "trainer.max_epochs=1"]
    bag = ["data=csv", "data.train=topics.csv", "embedding.size=16", "model=bag"]
    results = recurra.train([*bag, *limited, "baselines=true"])
    assert list(results.baselines) == ["tfidf"]
    assert (results.validation["rows"], results.baselines["tfidf"]["validation"]["rows"]) == (8, 24)
    assert results.baselines["tfidf"]["difference"] is None
    assert "whether bag pays on this text is not known" in capsys.readouterr().out


def test_other_tasks_are_told_in_a_line_that_they_are_left_out(topics, capsys):
    results = recurra.train([*TINY, "task=multilabel", "loss=bce", "trainer.max_epochs=1", "baselines=true"])
    assert results.baselines == {}
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("baselines")]
    assert told == ["baselines: left out, TF-IDF gives one label to a text and has no answer to task=multilabel here"]


@pytest.mark.slow
def test_of_two_ranks_one_compares(topics):
    two = ["trainer=ddp", "trainer.devices=2", "trainer.accelerator=cpu", "trainer.max_epochs=1"]
    told = output(begin("recurra.commands.train", *TINY, *two, "baselines=true", "hydra.run.dir=run"))
    assert told.count("beside models that are not recurrent") == 1
    results = json.loads(Path("run/results.json").read_text())
    assert results["status"] == "finished"
    assert [found["test"]["rows"] for found in results["baselines"].values()] == [24, 24]

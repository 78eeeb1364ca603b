"""The bench of accuracies: its runs, its peers, and what its tables say of figures that are known."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, sentences
from made_texts import made

from recurra.tasks import Classification


@pytest.fixture(autouse=True)
def benches(monkeypatch, own_place):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "bench")
    import accuracy
    import table

    monkeypatch.setattr(table, "OUTPUTS", own_place / "bench")
    monkeypatch.setattr(accuracy, "OUTPUTS", own_place / "bench")


def rows(texts, split="test", data="hash"):
    return {"data": data, "rows": {split: len(texts)}, split: " ".join(texts), "seconds": 0.0}


def run(wrong, accuracy, split="test", data="hash"):
    scores = {"accuracy": accuracy, "f1_macro": accuracy / 2}
    return {
        "validation": scores,
        split: scores,
        "wrong": " ".join(map(str, wrong)),
        "seconds": 10.0,
        "parameters": 100,
        "data": data,
    }


def test_means_spreads_and_errors_are_those_of_all_runs():
    from accuracy_standing import ROWS, Key, standing

    found = {
        Key("mr", ROWS, 0, 0): rows("abcd"),
        Key("mr", ROWS, 1, 0): rows("efgh"),
        Key("mr", "gru", 0, 0): run([0], 0.75),
        Key("mr", "gru", 0, 1): run([1], 0.75),
        Key("mr", "gru", 1, 0): run([0, 1], 0.5),
        Key("mr", "gru", 1, 1): {**run([], 1.0), "seconds": 30.0},
        Key("mr", "tfidf", 0, 0): run([0, 1], 0.5),
        Key("mr", "tfidf", 1, 0): run([2, 3], 0.5),
    }
    gru = standing(found, "mr", "gru", "test")
    assert gru.runs == 4
    assert gru.scores["test/accuracy"] == (0.75, pytest.approx(math.sqrt(0.125 / 3)))
    assert gru.scores["test/f1_macro"][0] == 0.375
    assert gru.error == math.sqrt(0.75 * 0.25 / 4)
    assert (gru.seconds, gru.parameters) == (10.0, 100)
    # Of each split: the mean over its seeds, row by row.
    assert gru.versus["tfidf"].higher.tolist() == [0.25, 0.25]
    assert gru.versus["tfidf"].mean == 0.25
    assert gru.versus.keys() == {"tfidf"}
    told = gru.told()
    assert (told["test/accuracy"], told["binomial"], told["- fasttext"]) == ("75.0 ± 20.4", "21.7", "")
    assert told["- tfidf"].startswith("+25.0 [")
    assert standing(found, "mr", "tfidf", "test").versus == {}


def test_seeds_are_no_new_rows_and_a_test_that_all_splits_share_is_drawn_once():
    from accuracy_standing import ROWS, Key, standing

    texts, half = [f"t{n}" for n in range(400)], range(0, 400, 2)

    def interval(splits, seeds, shared):
        found = {}
        for split in range(splits):
            found[Key("trec", ROWS, split, 0)] = rows(texts if shared else [f"{split}{text}" for text in texts])
            found[Key("trec", "tfidf", split, 0)] = run(half, 0.5)
            for seed in range(seeds):
                found[Key("trec", "lstm", split, seed)] = run([], 1.0)
        versus = standing(found, "trec", "lstm", "test").versus["tfidf"]
        assert versus.mean == 0.5
        return versus.low, versus.high

    once = interval(1, 1, shared=True)
    error = math.sqrt(0.25 / 400)
    assert once == pytest.approx((0.5 - 1.96 * error, 0.5 + 1.96 * error), abs=0.005)
    assert interval(1, 3, shared=True) == once
    assert interval(3, 1, shared=True) == pytest.approx(once, abs=1e-12)
    low, high = interval(3, 1, shared=False)
    assert high - low == pytest.approx((once[1] - once[0]) / math.sqrt(3), rel=0.1)


def test_the_mean_over_sets_counts_each_alike():
    from accuracy_standing import ROWS, Key, overall, standing

    found = {
        Key("mr", ROWS, 0, 0): rows("abcd"),
        Key("trec", ROWS, 0, 0): rows("ab"),
        Key("mr", "gru", 0, 0): run([], 1.0),
        Key("trec", "gru", 0, 0): run([0], 0.5),
        Key("mr", "fasttext", 0, 0): run([0, 1], 0.5),
        Key("trec", "fasttext", 0, 0): run([1], 0.5),
    }
    both = overall(found, [standing(found, data, "gru", "test") for data in ("mr", "trec")], "test")
    assert both.scores["test/accuracy"] == (0.75, 0.0)
    assert both.error == math.sqrt(0 + 0.5 * 0.5 / 2) / 2
    assert both.versus["fasttext"].mean == 0.25
    assert (both.data, both.runs, both.kept()["minus_fasttext"]["mean"]) == ("all", 2, 0.25)
    # One split is good for the one set and bad for the other: the mean over both hardly moves.
    found |= {Key("mr", ROWS, 1, 0): rows("efgh"), Key("trec", ROWS, 1, 0): rows("cd")}
    found |= {Key("mr", "gru", 1, 0): run([0, 1], 0.5), Key("trec", "gru", 1, 0): run([], 1.0)}
    found |= {Key("trec", "gru", 1, 1): run([0, 1], 0.0)}  # the other set has no such seed
    both = overall(found, [standing(found, data, "gru", "test") for data in ("mr", "trec")], "test")
    assert both.scores["test/accuracy"] == ((0.75 + 0.5) / 2, 0.0)


def test_the_pages_have_a_table_a_data_set_and_those_of_all_sets():
    from accuracy_pages import pages
    from accuracy_standing import ROWS, Key, standing

    found = {
        Key("mr", ROWS, 0, 0): rows("abcd"),
        Key("trec", ROWS, 0, 0): rows("ab"),
        Key("mr", "gru", 0, 0): run([0], 0.75),
        Key("mr", "tfidf", 0, 0): run([0], 0.75),
        Key("trec", "tfidf", 0, 0): run([0], 0.5),
    }
    mr = [standing(found, "mr", model, "test") for model in ("gru", "tfidf")]
    trec = [standing(found, "trec", "tfidf", "test")]
    made = pages([mr, trec], "test")
    assert made.keys() == {"summary", "minus_tfidf", "mr", "trec"}  # with fastText nothing is compared here
    assert made["minus_tfidf"].splitlines()[2:] == ["| `gru` | +0.0 [+0.0,\N{NO-BREAK SPACE}+0.0] |  |"]
    assert made["summary"].splitlines() == [
        "|  | mr | trec |",
        "| :-- | --: | --: |",
        "| `gru` | 75.0 |  |",
        "| `tfidf` | 75.0 | 50.0 |",
    ]
    header, _, gru, tfidf = made["mr"].splitlines()
    assert header.startswith("|  | runs | validation accuracy |")
    assert gru == "| `gru` | 1 | 75.0 | 75.0 | 37.5 | 21.7 | 10 | 100 |"
    assert tfidf == gru.replace("gru", "tfidf")


def test_validation_chooses_the_encoder_not_the_test():
    from accuracy import tables
    from accuracy_chosen import ENCODERS
    from accuracy_standing import ROWS, Key

    found = {Key("mr", ROWS, split, 0): rows([f"{split}{row}" for row in "abcd"]) for split in (0, 1)}
    for number, model in enumerate(ENCODERS):
        known = run([0], 0.75)
        found[Key("mr", model, 0, 0)] = {**known, "validation": {"accuracy": 0.9, "f1_macro": number / 8}}
    found[Key("mr", "rcnn", 0, 0)] |= run([0, 1], 0.5) | {"validation": {"accuracy": 0.5, "f1_macro": 0.6}}
    found[Key("mr", "lstm", 1, 0)] = run([], 1.0)  # not the others yet
    (own,) = tables(found, ["lstm", "rcnn"], "test")
    assert [each.model for each in own] == ["lstm", "rcnn", "chosen"]
    assert (own[-1].runs, own[-1].seconds) == (1, 5 * 10.0)
    assert own[-1].scores["test/accuracy"][0] == 0.5
    found[Key("mr", "gru", 0, 0)] |= {"validation": {"accuracy": 0.5, "f1_macro": 0.6}, "parameters": 90}  # as good
    assert tables(found, ["lstm"], "test")[0][-1].scores["test/accuracy"][0] == 0.75
    del found[Key("mr", "gru", 0, 0)]
    assert [each.model for each in tables(found, ["lstm", "rcnn"], "test")[0]] == ["lstm", "rcnn"]


def test_all_models_have_the_same_rows_or_nothing_is_told(benches):
    import accuracy
    from accuracy_standing import ROWS, Key

    found = {Key("mr", ROWS, 0, 0): rows("ab"), Key("mr", "gru", 0, 0): run([], 1.0)}
    accuracy.check(found)
    found[Key("mr", "lstm", 0, 0)] = run([], 1.0, data="another")
    with pytest.raises(SystemExit, match="mr has changed since lstm was run on split 0"):
        accuracy.check(found)


def asked(*typed):
    import accuracy

    known, overrides = accuracy.asked_for(typed)
    return accuracy.orders(known, accuracy.data_sets(known), overrides)


def test_a_run_is_known_by_what_it_is_not_by_where_the_files_lie(own_place, capsys):
    for name in ("train", "test"):
        Path(f"{name}.csv").touch()
    where = ["--trec", ".", "--data", "trec", "mr", "bbc_news", "--splits", "1", "--seeds", "2"]
    every = asked("trainer.max_epochs=1", *where, "--models", "gru", "tfidf")
    assert capsys.readouterr().out == "mr: left out, there is no ../shared/data/mr/mr.csv; where is it? --mr\n"
    assert [name for name, _ in every.values()] == [
        "trec rows split=0 seed=0",
        "trec gru split=0 seed=0 experiment=trec trainer.max_epochs=1",
        "trec tfidf split=0 seed=0",
        "bbc_news rows split=0 seed=0",
        "bbc_news gru split=0 seed=0 experiment=bbc_news trainer.max_epochs=1",
        "bbc_news tfidf split=0 seed=0",
        "trec gru split=0 seed=1 experiment=trec trainer.max_epochs=1",
        "bbc_news gru split=0 seed=1 experiment=bbc_news trainer.max_epochs=1",
    ]
    order = next(order for name, order in every.values() if name.startswith("trec tfidf"))
    files = [f"data.{split}={own_place}/{split}.csv" for split in ("train", "test")]
    assert order == ["tfidf", "0", "data=csv", *files, "data.split_seed=0"]
    defaults = asked(*where, "--models", "gru", "--defaults")
    assert not any("experiment=" in " ".join(order) for _, order in defaults.values())
    alone = asked(*where, "--models", "gru", "--only-validation")
    assert all(name.split()[4] == "test=false" and order[-1] != "test=true" for name, order in alone.values())


@pytest.mark.slow
def test_every_kind_of_run_tells_the_same_of_the_same_rows(topics, monkeypatch, capsys):
    import accuracy_run
    import fasttext_peer

    monkeypatch.setattr(fasttext_peer, "NGRAMS", (1,))

    def told(*order):
        monkeypatch.setattr(sys, "argv", ["accuracy_run.py", *order])
        accuracy_run.main()
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    data = ["data=csv", "data.train=topics.csv", "data.split_seed=1"]
    here = told("rows", "0", *data)
    assert here["rows"] == {"train": 192, "validation": 24, "test": 24}
    assert len({*here["validation"].split(), *here["test"].split()}) == 48
    small = [*TINY, "data.split_seed=1", "trainer.max_epochs=1"]
    for model, order in {"gru": small, "tfidf": data, "fasttext": data}.items():
        found = told(model, "0", *order)
        assert found["data"] == here["data"]
        assert len(found["wrong"].split()) == round(24 * (1 - found["test"]["accuracy"]))
        assert {*found["validation"]} == {"accuracy", "f1_macro"}
        assert found["parameters"] > 0
        assert found["seconds"] > 0
        alone = told(model, "0", *order, "test=false")
        assert "test" not in alone
        assert len(alone["wrong"].split()) == round(24 * (1 - alone["validation"]["accuracy"]))
        assert alone["validation"] == found["validation"]


def test_fasttext_reads_words_as_recurra_does_and_learns(monkeypatch):
    import fasttext_peer

    assert fasttext_peer.divided(["Don't 很好吃!", " "]) == ["don't 很 好 吃 !", ""]
    monkeypatch.setattr(fasttext_peer, "EPOCHS", (25,))
    monkeypatch.setattr(fasttext_peer, "NGRAMS", (1,))
    data, task = made(sorted(sentences(240))), Classification(["money", "music", "sport"], 1)
    found, again = (fasttext_peer.fasttext(data, task, 3, test=True) for _ in range(2))
    test = found.evaluations["test"]
    assert test.scores["accuracy"] > 0.9  # rows that come label after label are learnt, too
    told = test.answers["probabilities"].numpy()
    assert told.sum(axis=1) == pytest.approx(np.ones(24))
    assert (told == again.evaluations["test"].answers["probabilities"].numpy()).all()
    assert found.settings == "epoch=25, lr=0.1, wordNgrams=1"


def test_a_bench_that_is_stopped_shows_what_there_is(monkeypatch, capsys, own_place):
    import accuracy

    kept = {
        "bbc_news rows split=0 seed=0": rows(["a", "b", "c", "d"]),
        "bbc_news gru split=0 seed=0 experiment=bbc_news": run([0], 0.75),
        "bbc_news tfidf split=0 seed=0": run([0, 1], 0.5),
    }
    Path("bench").mkdir()
    Path("bench/accuracy_runs.json").write_text(json.dumps(kept))
    typed = ["accuracy.py", "--data", "bbc_news", "--models", "lstm", "gru", "tfidf", "--splits", "2"]

    def stopped(order):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", typed)
    monkeypatch.setattr(accuracy, "figures", stopped)
    with pytest.raises(KeyboardInterrupt):
        accuracy.main()
    stopped_told = capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*typed, "--table", "--pages", "."])
    accuracy.main()
    assert capsys.readouterr().out == stopped_told
    assert Path("summary.md").read_text().splitlines()[2:] == ["| `gru` | 75.0 |", "| `tfidf` | 50.0 |"]
    assert Path("bbc_news.md").read_text().count("`") == 2 * 2
    gru, tfidf = json.loads(Path("bench/accuracy.json").read_text())["rows"]
    assert (gru["model"], gru["test/accuracy"], gru["minus_tfidf"]["mean"]) == ("gru", {"mean": 0.75, "sd": 0.0}, 0.25)
    assert (tfidf["model"], tfidf["runs"]) == ("tfidf", 1)


MEASURED = Path(__file__).parent.parent / "docs" / "measured" / "accuracy"


def test_the_pages_have_the_figures_of_the_runs(monkeypatch, own_place):
    import accuracy

    for name in ("train.csv", "test.csv"):
        Path(name).touch()
    where = ["--trec", ".", "--mr", "train.csv", "--waimai", "train.csv", "--runs", str(MEASURED / "runs.json")]
    monkeypatch.setattr(sys, "argv", ["accuracy.py", *where, "--table", "--pages", "."])
    accuracy.main()
    made = {file.name: file.read_text("utf-8") for file in Path().glob("*.md")}
    assert made == {file.name: file.read_text("utf-8") for file in MEASURED.glob("*.md")}


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_has_the_figures_of_the_page(readme):
    told = (MEASURED.parents[2] / readme).read_text("utf-8")
    for name in ("summary.md", "minus_tfidf.md"):
        assert (MEASURED / name).read_text("utf-8") in told

import os
from pathlib import Path

import pytest
from made_runs import answers, made_run

from recurra.report.comparison import compare
from recurra.report.runs import Left, read_run
from recurra.report.to_first import ToFirst
from recurra.sweeps.bootstrap import MIXED


@pytest.fixture
def made(tmp_path):
    """Makes a run with so many of 20 rows right, and reads it."""

    def make(name, right, *overrides, **figures):
        return read_run(made_run(tmp_path / name, answers(20, right), *overrides, **figures))

    return make


def test_seeds_are_one_row_and_the_best_is_first(made):
    runs = [
        made("0", 10, "model=gru", "seed=0"),
        made("1", 12, "model=gru", "seed=1", test={"accuracy": 0.75}, train_seconds=5.0),
        made("2", 19, "model=lstm", "seed=0"),
        made("3", 17, "model=lstm", "seed=1"),
    ]
    (found,), left = compare(runs)
    assert left == []
    assert (found.data, found.objective.title, found.runs) == ("data=bbc_news task=classification", "val accuracy", 4)
    first, second = found.standings
    assert (first.name, first.score, first.difference) == ("model=lstm", pytest.approx(0.9), None)
    assert first.spread == "0.9000 ± 0.0707"
    assert (second.name, second.score) == ("model=gru", pytest.approx(0.55))
    assert (second.test, second.seconds, second.rows) == (0.625, 4.0, 20)
    assert second.scores == pytest.approx({"loss": 0.45})
    assert isinstance(second.difference, ToFirst)
    assert (second.difference.to_first, second.difference.pairs, second.difference.rows) == (-0.35, 2, 20)
    assert second.difference.high < 0
    assert (second.difference.won, second.difference.lost, second.difference.remarks(str)) == (0, 2, [])


def test_huge_scores_are_told_in_four_digits(made):
    losses = {"monitor": "loss", "mode": "min"}
    figures = {"accuracy": 0.5, "loss": 4.1234567e31, "rows": 20, "per_class": []}
    runs = [made(str(seed), 10, f"seed={seed}", validation=figures, **losses) for seed in (0, 1)]
    (found,), _ = compare(runs)
    assert found.standings[0].spread == "4.123e+31 ± 0.0000"
    assert found.standings[0].own == "seed 0: 4.123e+31, seed 1: 4.123e+31"


def test_the_run_in_the_middle_is_looked_at(made):
    runs = [made(str(seed), right, f"seed={seed}") for seed, right in enumerate((18, 4, 10))]
    (found,), _ = compare(runs)
    (standing,) = found.standings
    assert (standing.name, standing.middle.folder.name) == ("lstm", "2")
    (found,), _ = compare(runs[:2])
    assert found.standings[0].middle.folder.name == "1"


def test_a_default_that_was_typed_is_no_difference(made):
    runs = [
        made("0", 10, "model.hidden_size=128", "seed=0"),
        made("1", 12, "seed=1"),
        made("2", 13, "model.hidden_size=64"),
    ]
    (found,), _ = compare(runs)
    assert [(standing.name, len(standing.runs)) for standing in found.standings] == [
        ("hidden_size=64", 1),
        ("hidden_size=128", 2),
    ]


def test_other_data_and_other_scores_have_tables_of_their_own(made):
    runs = [
        made("0", 10),
        made("1", 10, "data.train=b.csv"),
        made("2", 12, "model=gru", "data.train=b.csv"),
        made("3", 10, monitor="loss", mode="min"),
    ]
    found, _ = compare(runs)
    assert [(one.data, one.objective.title, one.runs) for one in found] == [
        ("data=bbc_news data.train=b.csv task=classification", "val accuracy", 2),
        ("data=bbc_news task=classification", "val accuracy", 1),
        ("data=bbc_news task=classification", "val loss", 1),
    ]
    assert [standing.name for standing in found[0].standings] == ["model=gru", "model=lstm"]


def test_a_file_that_changed_under_its_name_is_other_data(made, tmp_path):
    def at(time, name, *overrides, data_hash):
        run = made(name, 10, *overrides, data_hash=data_hash)
        os.utime(tmp_path / name / "results.json", (time, time))
        return run

    runs = [
        at(3, "new", "model=gru", data_hash="2" * 64),
        at(1, "old", "model=lstm", data_hash="1" * 64),
        at(2, "unknown", "model=rnn", data_hash=""),
        at(4, "another split", "model=lstm", "data.split_seed=1", data_hash="3" * 64),
    ]
    found, _ = compare(runs)
    assert [(one.data.partition("(")[2], one.runs) for one in found] == [
        ("file with hash 11111111)", 3),
        ("file with hash 22222222)", 1),
    ]
    (one,), _ = compare(runs[1:])
    assert one.data == "data=bbc_news task=classification"


def test_of_runs_made_twice_the_newest_is_compared(made, tmp_path):
    runs = [made("old", 10, "seed=1"), made("new", 12, "seed=1"), made("other", 14, "seed=2")]
    os.utime(tmp_path / "old" / "results.json", (1, 1))
    (found,), left = compare(runs)
    (standing,) = found.standings
    assert [run.folder.name for run in standing.runs] == ["new", "other"]
    assert left == [Left(tmp_path / "old", "finished", f"made again in {tmp_path / 'new'}", ("seed=1",))]


def test_where_rows_cannot_be_compared_it_is_said_why(made, tmp_path):
    Path(made("0", 10).folder / "predictions_validation.parquet").unlink()
    (found,), _ = compare([read_run(tmp_path / "0"), made("1", 12, "model=gru")])
    assert found.standings[1].difference == f"{tmp_path / '0'} has no predictions_validation.parquet"
    assert found.standings[1].name == "model=lstm"


def test_a_difference_of_some_runs_only_says_so(made, tmp_path):
    runs = [made("0", 18, "seed=0"), made("1", 18, "seed=1"), made("2", 4, "model=gru", "seed=1")]
    (found,), _ = compare(runs)
    assert found.standings[1].difference.remarks(str) == ["1 of 2 runs"]
    assert found.notes == []
    (tmp_path / "1" / "predictions_validation.parquet").unlink()
    (found,), _ = compare([*runs, made("3", 4, "model=gru", "seed=0")])
    assert found.standings[1].difference.remarks(str) == ["1 of 2 runs"]
    assert found.notes == [f"{tmp_path / '1'} has no predictions_validation.parquet"]


def test_where_pairs_of_runs_do_not_agree_it_is_said(made):
    runs = [
        made("0", 20, "seed=0"),
        made("1", 10, "seed=1"),
        made("2", 2, "model=gru", "seed=0"),
        made("3", 12, "model=gru", "seed=1"),
    ]
    (found,), _ = compare(runs)
    differs = found.standings[1].difference
    assert (differs.high < 0, differs.mixed, differs.remarks(str)) == (True, True, ["better in 1 of 2 pairs"])
    assert found.notes == [f"where pairs of runs do not agree: {MIXED}"]


def test_less_is_better_where_the_score_says_so(made):
    (found,), _ = compare(
        [made("0", 10, monitor="loss", mode="min"), made("1", 15, "model=gru", monitor="loss", mode="min")]
    )
    assert [standing.name for standing in found.standings] == ["model=gru", "model=lstm"]
    assert found.standings[0].scores == {"accuracy": 0.75}

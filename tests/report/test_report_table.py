from pathlib import Path

from made_runs import answers, made_run

from recurra.report.comparison import compare
from recurra.report.report import Report
from recurra.report.runs import Left, read_run
from recurra.report.table import table


def told(tmp_path, *runs, left=()):
    """The table of runs, each so many of 20 right and what was typed."""
    made = [read_run(made_run(tmp_path / str(n), answers(20, right), *typed)) for n, (right, *typed) in enumerate(runs)]
    comparisons, again = compare(made)
    return table(Report(comparisons, [*left, *again]))


def test_a_row_has_what_differs_how_good_it_is_and_what_it_costs(tmp_path):
    said = told(tmp_path, (20, "seed=0"), (18, "seed=1"), (10, "model=gru", "seed=0"), (10, "model=gru", "seed=1"))
    head, by, *_, first, second = said.splitlines()
    assert (head, by) == ("data=bbc_news task=classification", "best first by val accuracy")
    assert first.split() == [
        "1",
        "model=lstm",
        "2",
        "0.9500",
        "±",
        "0.0707",
        "0.5000",
        "±",
        "0.0000",
        "3",
        "2,000",
        "10",
    ]
    words = second.split()
    assert words[:5] == ["2", "model=gru", "2", "0.5000", "±"]
    assert words[6] == "-0.4500"
    assert float(words[7].strip("[,")) < -0.45 < float(words[8].strip("]")) < 0


def test_single_runs_are_not_counted(tmp_path):
    said = told(tmp_path, (20,), (10, "model=gru"))
    assert " runs " not in said
    assert "±" not in said


def test_why_a_difference_is_not_known_stands_below(tmp_path):
    made_run(tmp_path / "a", answers(20, 20))
    made_run(tmp_path / "b", answers(20, 10), "model=gru")
    (tmp_path / "b" / "predictions_validation.parquet").unlink()
    comparisons, _ = compare([read_run(tmp_path / "a"), read_run(tmp_path / "b")])
    *_, second, why = table(Report(comparisons, [])).splitlines()
    assert second.split()[3] == "?"
    assert why == f"? {tmp_path / 'b'} has no predictions_validation.parquet"


def test_what_limits_a_difference_stands_in_its_cell(tmp_path):
    typed = [(20, "seed=0"), (10, "seed=1"), (2, "model=gru", "seed=0"), (12, "model=gru", "seed=1"), (0, "model=rnn")]
    *_, gru, pairs, rnn, few, why = told(tmp_path, *typed).splitlines()
    assert (gru.split()[1], pairs.strip()) == ("model=gru", "better in 1 of 2 pairs")
    assert (rnn.split()[1], few.strip()) == ("model=rnn", "1 of 2 runs")
    assert why == "where pairs of runs do not agree: these rows tell them apart, and other seeds or folds may not"


def test_what_cannot_be_compared_is_said(tmp_path):
    left = [Left(Path("a"), "failed", "no memory\nand more"), Left(Path("b"), "pruned")]
    said = told(tmp_path, (20,), (10, "data.train=b.csv"), left=left)
    assert said.count("best first by val accuracy") == 2
    assert "Runs on other data, or with another score, cannot be compared" in said
    assert said.endswith("not compared: 2\n  a: failed, no memory\n  b: pruned")
    many = told(tmp_path / "many", (20,), left=left * 20)
    assert many.endswith("\n  ... and 20 more")


def test_of_many_rows_the_best_are_shown(tmp_path):
    said = told(tmp_path, *((20 - n % 20, f"optimizer={n}") for n in range(35)))
    assert "\n... and 5 more; --json has all" in said

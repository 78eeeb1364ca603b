import math

import pytest
from made_runs import answers, logged, made_run
from made_sweep import run_folder

from recurra import gradient_flow_file
from recurra.gradient_flow_file import GRADIENT_FLOW, Norm
from recurra.report.details import details, learning
from recurra.report.runs import Run, read_run
from recurra.results import Results


def test_a_run_is_looked_at_row_by_row(tmp_path):
    found = details(read_run(made_run(tmp_path / "run", answers(20, 16))))
    assert found.labels == ["no", "yes"]
    assert found.confusion == [[8, 2], [2, 8]]
    (slice_,) = found.slices["length"]
    assert (slice_.first, slice_.rows, slice_.score) == (2, 20, 0.8)
    assert found.slices["unknown"] == []  # these rows have none
    (bin_,) = [own for own in found.reliability if own.rows]
    assert (bin_.confidence, bin_.right) == (pytest.approx(0.9), 0.8)
    assert [curve.rows for curve in found.precision_recall] == [10, 10]
    assert [row.row for row in found.worst[:5]] == [16, 17, 18, 19, 0]
    assert (len(found.worst), len(found.random), found.flows) == (15, 10, [])


def test_of_a_run_without_answers_by_row_little_is_known(tmp_path):
    folder = run_folder(
        tmp_path / "run", None, "LanguageModel", monitor="loss", validation={"loss": 2.0, "per_class": []}
    )
    found = details(Run(folder, Results.load(folder), {}))
    assert (found.labels, found.slices, found.confusion, found.worst) == ([], {}, None, [])


def test_flows_of_gradients_are_read_where_they_were_recorded(tmp_path):
    folder = made_run(tmp_path / "run", answers(4, 2))
    rows = [
        *(Norm(step, 0, "backward", t, 0.5) for step in (0, 100) for t in (0, 1)),
        *(Norm(step, 0, "forward", t, 0.1 * (t + 1)) for step in range(0, 8000, 100) for t in (0, 1, 2)),
        Norm(8000, 0, "forward", 0, 0.7),
    ]
    gradient_flow_file.begin(folder / GRADIENT_FLOW, 0)
    gradient_flow_file.append(folder / GRADIENT_FLOW, rows)
    forward, backward = details(read_run(folder)).flows
    assert (backward.direction, backward.steps, backward.norms) == ("backward", [0, 100], [[0.5, 0.5], [0.5, 0.5]])
    assert (forward.layer, forward.direction, len(forward.steps)) == (0, "forward", 40)
    assert (forward.steps[0], forward.steps[-1]) == (0, 8000)
    assert forward.norms[0] == pytest.approx([0.3, 0.2, 0.1])  # by distance from the end
    assert forward.norms[-1][0] == 0.7
    assert math.isnan(forward.norms[-1][1])


def test_files_that_only_show_a_run_may_be_damaged(tmp_path):
    folder = made_run(tmp_path / "run", answers(4, 2))
    (folder / "metrics.csv").write_bytes(b"step,val/loss\nx,y\n")
    (folder / GRADIENT_FLOW).write_bytes(b"\xff\xfe")
    run = read_run(folder)
    assert learning(run, ["val/loss"]) == {"val/loss": []}
    assert details(run).flows == []


def test_learning_curves_are_thinned_between_their_ends(tmp_path):
    folder = made_run(tmp_path / "run", answers(4, 2))
    run = read_run(folder)
    assert learning(run, ["train/loss"]) == {"train/loss": []}
    logged(folder, [{"step": n, "train/loss": n / 10, "val/loss": 1.5 if n == 7 else ""} for n in range(1000)])
    found = learning(run, ["train/loss", "val/loss", "val/accuracy"])
    assert len(found["train/loss"]) == 300
    assert (found["train/loss"][0], found["train/loss"][-1]) == ((0, 0.0), (999, 99.9))
    assert (found["val/loss"], found["val/accuracy"]) == ([(7, 1.5)], [])

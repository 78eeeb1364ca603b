from recurra import tables
from recurra.results import Results


def test_labels_and_overrides_are_shown_as_they_are():
    row = {"precision": 1.0, "recall": 0.5, "f1": 2 / 3, "support": 4}
    figures = {
        "loss": 0.25,
        "rows": 4,
        "per_class": [{"label": label, **row} for label in ("[/b]", ":smile:", "[red]")],
    }
    shown = tables.scores(figures, "test of [draft] 10.csv")
    assert shown.startswith("test of [draft] 10.csv: 4 rows")
    for label in ("[/b]", ":smile:", "[red]"):
        assert f"  {label} " in shown
    assert "1.000    0.500   0.667         4" in shown
    assert "loss 0.2500" in shown


def test_runs_are_ranked_by_validation_and_told_by_what_differs():
    def run(name, score, *overrides):
        validation = {} if score is None else {"f1_macro": score}
        common = {"model": "lstm", "data": "csv", "task": "classification", "seed": 0, "monitor": "f1_macro"}
        return Results(folder=f"sweep/{name}", validation=validation, overrides=["data=csv", *overrides], **common)

    shown = tables.comparison(
        [run("0", 0.5, "model.pooling=[mean]"), run("1", None, "seed=1"), run("2", 0.9, "seed=2")]
    )
    order = [line.split()[0] for line in shown.splitlines() if line.strip()[:1].isdigit()]
    assert order == ["2", "0", "1"]
    assert "model.pooling=[mean]" in shown
    assert "data=csv" not in shown

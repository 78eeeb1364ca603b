from recurra import tables


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

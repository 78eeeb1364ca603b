import matplotlib.image
import numpy as np
import pytest

from recurra import pictures


def ink(path):
    """The share of pixels that are not white."""
    return float((matplotlib.image.imread(path)[..., :3].min(axis=2) < 0.95).mean())


def test_a_confusion_matrix_is_drawn(tmp_path):
    said = pictures.confusion_matrix(tmp_path / "c.png", [[8, 2], [1, 9]], ["no", "yes"], "Confusion")
    assert said is None
    assert ink(tmp_path / "c.png") > 0.05


def test_labels_that_no_font_has_become_numbers_and_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_holds", lambda file, needed: max(needed) < 0x3000)
    said = pictures.confusion_matrix(tmp_path / "c.png", [[8, 2], [1, 9]], ["好评", "差评"], "Confusion")
    assert said == "No font here has the labels' characters, so c.png shows numbers: #0 好评, #1 差评."
    assert ink(tmp_path / "c.png") > 0.05


def test_chinese_labels_get_a_font_that_has_them_or_none():
    family, readable = pictures.drawable(["好评"])
    assert readable == (family != "DejaVu Sans")
    assert "Last Resort" not in family
    assert pictures.drawable(["plain", "ümlaut"]) == ("DejaVu Sans", True)


@pytest.mark.parametrize("classes", [2, 25, 80])
def test_many_classes_still_make_a_picture(tmp_path, classes):
    counts = np.eye(classes, dtype=int).tolist()
    pictures.confusion_matrix(tmp_path / "c.png", counts, [f"class {n}" for n in range(classes)], "Many")
    assert ink(tmp_path / "c.png") > 0.01


def test_labels_are_no_formulas(tmp_path):
    pictures.confusion_matrix(tmp_path / "c.png", [[8, 2], [1, 9]], ["cost $a_$", "$5-$10"], "Confusion")
    assert ink(tmp_path / "c.png") > 0.05


def test_a_learning_curve_is_drawn_from_metrics(tmp_path):
    rows = ["step,train/loss,val/loss,val/f1_macro", "0,1.0,,", "9,0.5,,", "9,,0.6,0.8", "19,,0.4,0.9"]
    (tmp_path / "m.csv").write_text("\n".join(rows) + "\n")
    pictures.learning_curve(tmp_path / "l.png", tmp_path / "m.csv", "val/f1_macro", "nats")
    assert ink(tmp_path / "l.png") > 0.01

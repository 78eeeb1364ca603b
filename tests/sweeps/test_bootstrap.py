import math

import numpy as np
import pytest
from made_sweep import accuracy, answered, record, run_folder

from recurra.sweeps.bootstrap import Difference, Incomparable, difference
from recurra.sweeps.objective import Objective
from recurra.sweeps.repeats import groups

BEST = Objective("accuracy", "maximize")


def run(folder, number, columns, objective="accuracy", **point):
    value = accuracy(columns)
    run_folder(folder / str(number), columns, validation={objective: value})
    return record(number, value, folder / str(number), **point)


def two(*records):
    first, second = groups(records)
    return first, second


def answers(rows, right, texts=None):
    """Of so many rows the first ones right."""
    return answered(["yes"] * rows, ["yes"] * right + ["no"] * (rows - right), texts)


def test_runs_that_answer_alike_differ_by_nothing(tmp_path):
    pair = two(run(tmp_path, 0, answers(40, 30), n=0), run(tmp_path, 1, answers(40, 30), n=1))
    assert difference(*pair, BEST) == Difference(0.0, 0.0, 0.0, rows=40, pairs=1, won=0, lost=0)


def test_the_interval_of_shares_is_that_of_the_binomial_distribution(tmp_path):
    # The first is right on all, the second wrong on 100 of 400: what is drawn is the share of these 100.
    pair = two(run(tmp_path, 0, answers(400, 400), n=0), run(tmp_path, 1, answers(400, 300), n=1))
    found = difference(*pair, BEST)
    error = math.sqrt(0.25 * 0.75 / 400)
    assert found.better == 0.25
    assert found.low == pytest.approx(0.25 - 1.96 * error, abs=0.004)
    assert found.high == pytest.approx(0.25 + 1.96 * error, abs=0.004)
    turned = difference(*reversed(pair), BEST)
    assert (turned.better, turned.low, turned.high) == (-found.better, -found.high, -found.low)


def test_less_is_better_where_it_is_minimised(tmp_path):
    pair = two(run(tmp_path, 0, answers(20, 15), n=0), run(tmp_path, 1, answers(20, 10), n=1))
    assert difference(*pair, Objective("accuracy", "minimize")).better == -0.25


def test_runs_of_one_seed_are_paired_and_those_without_a_partner_left_out(tmp_path):
    records = [
        run(tmp_path, 0, answers(40, 36), model="a", seed=0),
        run(tmp_path, 1, answers(40, 20), model="a", seed=1),
        run(tmp_path, 2, answers(40, 0), model="a", seed=2),
        run(tmp_path, 3, answers(40, 28), model="b", seed=0),
        run(tmp_path, 4, answers(40, 24), model="b", seed=1),
    ]
    found = difference(*two(*records), BEST)
    assert (found.pairs, found.won, found.lost, found.rows) == (2, 1, 1, 40)
    assert found.better == pytest.approx((0.2 - 0.1) / 2)


def test_a_text_of_several_folds_is_drawn_for_all_of_them(tmp_path):
    folds = [[f"text {n}" for n in range(20)], [f"text {n}" for n in range(10, 30)]]
    records = [
        run(tmp_path, 2 * side + fold, answers(20, right, texts), model="ab"[side], data__fold=fold)
        for side, right in enumerate((20, 15))
        for fold, texts in enumerate(folds)
    ]
    found = difference(*two(*records), BEST)
    assert (found.rows, found.pairs, found.won, found.better) == (30, 2, 2, 0.25)


def test_a_fold_of_a_single_row_may_be_left_out_of_a_draw(tmp_path):
    records = [
        run(tmp_path, 2 * side + fold, answers(1, 1 - side, [f"text {fold}"]), model="ab"[side], data__fold=fold)
        for side in (0, 1)
        for fold in (0, 1)
    ]
    assert difference(*two(*records), BEST) == Difference(1.0, 1.0, 1.0, rows=2, pairs=2, won=2, lost=0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": [f"other {n}" for n in range(20)]}, "they were validated on different rows"),
        ({"gold": ["no"] * 20}, "they were validated on different rows"),
    ],
)
def test_other_rows_are_not_compared(tmp_path, change, why):
    first = run(tmp_path, 0, answers(20, 15), n=0)
    second = run(tmp_path, 1, {**answers(20, 15), **change}, n=1)
    with pytest.raises(Incomparable, match=why):
        difference(*two(first, second), BEST)


def test_what_rows_do_not_add_up_to_is_not_compared(tmp_path):
    pair = two(run(tmp_path, 0, answers(20, 15), n=0), run(tmp_path, 1, answers(20, 10), n=1))
    with pytest.raises(Incomparable, match="calibration_error cannot be had from answers row by row"):
        difference(*pair, Objective("calibration_error", "minimize"))
    with pytest.raises(Incomparable, match="loss cannot be had"):  # it is another one than results.json has
        difference(*pair, Objective("loss", "minimize"))
    run_folder(tmp_path / "2", None, "LanguageModel", validation={"perplexity": 9.0})
    without = two(record(2, 9.0, tmp_path / "2", n=2), record(3, 9.0, tmp_path / "2", n=3))
    with pytest.raises(Incomparable, match="their rows have no answers of their own"):
        difference(*without, Objective("perplexity", "minimize"))


def test_runs_that_left_no_answers_are_left_out_with_their_partners(tmp_path):
    records = [run(tmp_path, n, answers(40, 40 - 10 * n), model="ab"[n > 1], seed=n % 2) for n in range(4)]
    (tmp_path / "3" / "predictions_validation.parquet").unlink()
    found = difference(*two(*records), BEST)
    assert (found.pairs, found.better) == (1, 0.5)
    (tmp_path / "0" / "predictions_validation.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(Incomparable, match=r"/0 is unreadable: predictions_validation\.parquet: "):
        difference(*two(*records), BEST)
    (tmp_path / "0" / "predictions_validation.parquet").unlink()
    with pytest.raises(Incomparable, match=r"/0 has no predictions_validation\.parquet"):
        difference(*two(*records), BEST)


def test_seeds_without_partners_are_told(tmp_path):
    records = [run(tmp_path, n, answers(20, n), model="ab"[n > 1], seed=n) for n in range(4)]
    with pytest.raises(Incomparable, match="no run of the one has the seed and the fold of a run of the other"):
        difference(*two(*records), BEST)


def test_f1_is_that_of_the_rows_drawn(tmp_path):
    gold = ["yes"] * 8 + ["no"] * 8
    columns = answered(gold, ["yes"] * 6 + ["no"] * 10)
    f1 = float(np.mean([2 * 6 / (6 + 8), 2 * 8 / (10 + 8)]))
    run_folder(tmp_path / "0", columns)
    run_folder(tmp_path / "1", answered(gold, gold))
    pair = two(record(0, f1, tmp_path / "0", n=0), record(1, 1.0, tmp_path / "1", n=1))
    assert difference(*pair, Objective("f1_macro", "maximize")).better == pytest.approx(f1 - 1)


def test_the_sentence_says_what_the_interval_means():
    def told(better, low, high, pairs=1, won=1, lost=0):
        return Difference(better, low, high, 200, pairs, won, lost).told("lstm", "gru", "f1_macro")

    assert told(0.012, -0.003, 0.027) == (
        "lstm is better than gru by 0.0120 f1_macro (95 % interval -0.0030 to 0.0270, over 200 validation rows): "
        "these rows do not tell them apart"
    )
    assert told(0.012, 0.003, 0.027, pairs=5, won=5).endswith(
        "200 validation rows, and better in 5 of 5 pairs of runs): these rows tell them apart"
    )
    assert told(0.012, 0.003, 0.027, pairs=5, won=4).endswith(
        "these rows tell them apart, and other seeds or folds may not"
    )
    assert told(-0.012, -0.027, -0.003, pairs=5, won=1, lost=3) == (
        "gru is better than lstm by 0.0120 f1_macro (95 % interval 0.0030 to 0.0270, over 200 validation rows, and "
        "better in 3 of 5 pairs of runs): these rows tell them apart, and other seeds or folds may not"
    )
    assert told(0.0, 0.0, 0.0, won=0).startswith(
        "lstm is no better than gru in f1_macro (95 % interval 0.0000 to 0.0000"
    )
    assert "interval 0.0000 to 0.0270" in told(-0.012, -0.027, 0.0)

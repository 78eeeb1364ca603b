import json
import math

import plotly.graph_objects as go
import pytest
from made_runs import answers, made_run

from recurra.analysis.precision_recall import Curve
from recurra.analysis.slices import Slice
from recurra.report import charts, run_charts
from recurra.report.comparison import compare
from recurra.report.details import Details, Flow, details
from recurra.report.figure import COLOURS, GREY, PAPER
from recurra.report.runs import read_run

NOTHING = Details([], {}, [], [], None, [], [], [], [])


def looked(**parts):
    return Details(**{**vars(NOTHING), **parts})


@pytest.fixture
def comparison(tmp_path):
    """Ten rows; that of `right` has so many of 20 right."""
    runs = [
        read_run(
            made_run(tmp_path / str(right), answers(20, right), f"optimizer={right}", parameters=10**right // 10**9)
        )
        for right in range(11, 21)
    ]
    (found,), _ = compare(runs)
    return found


def checked(figure):
    """The figure, if Plotly knows every part of it."""
    go.Figure(json.loads(json.dumps(figure).replace(f'"{PAPER}"', '"#fff"')))
    return figure


def test_learning_curves_have_a_colour_a_standing_and_one_name_in_the_legend():
    points = {"val/loss": [(9, 0.5), (19, 0.25)], "train/loss": [(0, 0.75)]}
    curves = [[points, {"val/loss": [], "train/loss": []}], [points]]
    figure = checked(
        charts.learning_chart(curves, ["<b>", "gru"], {"val/loss": "solid", "train/loss": "dot"}, "loss", str)
    )
    told = [(t["meta"], t["name"], t["showlegend"], t["line"]["dash"], t["x"], t["y"]) for t in figure["data"]]
    assert told == [
        (0, "&lt;b&gt;", True, "solid", [9, 19], [0.5, 0.25]),
        (0, "&lt;b&gt;", False, "dot", [0], [0.75]),
        (1, "gru", True, "solid", [9, 19], [0.5, 0.25]),
        (1, "gru", False, "dot", [0], [0.75]),
    ]
    assert [t["line"]["color"] for t in figure["data"]] == [COLOURS[0], COLOURS[0], COLOURS[1], COLOURS[1]]
    assert figure["layout"]["xaxis"]["title"]["text"] == "step"


def test_slices_of_all_standings_stand_in_the_order_of_their_values():
    found = [
        looked(slices={"length": [Slice(1, 4, 5, 0.5, 0.25, 0.75), Slice(5, 5, 5, 1.0, 1.0, 1.0)]}),
        looked(slices={"length": [Slice(1, 3, 5, math.nan, math.nan, math.nan)]}),
        NOTHING,
    ]
    figure = checked(charts.slices_chart(found, ["a", "b", "c"], "length", "val f1", str))
    one, two = figure["data"]
    assert (one["x"], one["y"], two["x"]) == (["1 – 4", "5"], [0.5, 1.0], ["1 – 3"])
    assert (one["error_y"]["array"], one["error_y"]["arrayminus"]) == ([0.25, 0], [0.25, 0])
    assert figure["layout"]["xaxis"]["categoryarray"] == ["1 – 3", "1 – 4", "5"]
    assert figure["layout"]["yaxis"]["range"] == pytest.approx([0.25 - 0.0375, 1 + 0.0375])
    shares = [looked(slices={"unknown": [Slice(0, 0, 5, 0.5, 0.5, 0.5), Slice(0.004, 0.125, 5, 0.5, 0.5, 0.5)]})]
    figure = charts.slices_chart(shares, ["a"], "unknown", "val f1", str)
    assert figure["data"][0]["x"] == ["0%", "0.4% – 12.5%"]


def test_calibration_has_points_as_large_as_they_have_rows(tmp_path):
    own = details(read_run(made_run(tmp_path / "run", answers(20, 16))))
    diagonal, points = checked(charts.reliability_chart([own], ["a"], str))["data"]
    assert "meta" not in diagonal  # it stays, whichever standings are shown
    assert (points["x"], points["y"]) == (pytest.approx([0.9]), [0.8])
    assert points["marker"]["size"] == [25]
    assert charts.reliability_chart([NOTHING], ["a"], str)["data"] == []


def test_differences_are_how_much_better_each_is_than_the_first(comparison):
    figure = checked(charts.differences_chart(comparison, 8, str))
    (trace,) = figure["data"]
    assert trace["x"] == pytest.approx([-n / 20 for n in range(1, 10)])
    second = comparison.standings[1].difference
    assert trace["x"][0] + trace["error_x"]["array"][0] == pytest.approx(second.high)
    assert trace["x"][0] - trace["error_x"]["arrayminus"][0] == pytest.approx(second.low)


def test_differences_have_the_colours_of_their_rows_and_0_is_seen(comparison):
    figure = checked(charts.differences_chart(comparison, 8, str))
    assert figure["data"][0]["marker"]["color"] == [*COLOURS[1:8], GREY, GREY]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < min(each.difference.low for each in comparison.standings[1:])
    assert high > 0


def test_long_names_are_whole_in_the_legend():
    name = "model=lstm " * 5 + "lr=<1>"
    (trace,) = charts.learning_chart([[{"val/loss": [(0, 1.0)]}]], [name], {"val/loss": "solid"}, "loss", str)["data"]
    assert trace["name"] == f"{'model=lstm ' * 3}<br>model=lstm model=lstm lr=&lt;1&gt;".replace(" <br>", "<br>")


def test_costs_of_many_decades_are_drawn_by_their_logarithm(comparison):
    figure = checked(charts.cost_chart(comparison, 8, "parameters", "parameters", str))
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert [(trace["meta"], trace["x"]) for trace in figure["data"][:2]] == [(0, [1e11]), (1, [1e10])]
    others = figure["data"][-1]
    assert (others["marker"]["color"], others["text"]) == (GREY, ["optimizer=12", "optimizer=11"])
    same = checked(charts.cost_chart(comparison, 8, "seconds", "seconds", str))
    assert "type" not in same["layout"]["xaxis"]


def test_a_confusion_matrix_is_shaded_by_the_share_of_the_gold_class():
    figure = checked(run_charts.confusion_chart(looked(labels=["<i>", "b"], confusion=[[3, 1], [0, 0]]), str))
    (trace,) = figure["data"]
    assert (trace["z"], trace["text"]) == ([[0.75, 0.25], [0, 0]], [[3, 1], [0, 0]])
    assert figure["layout"]["xaxis"]["ticktext"] == ["&lt;i&gt;", "b"]
    assert "texttemplate" in trace
    many = looked(labels=[str(n) for n in range(30)], confusion=[[1] * 30] * 30)
    assert "texttemplate" not in checked(run_charts.confusion_chart(many, str))["data"][0]
    assert run_charts.confusion_chart(NOTHING, str)["data"] == []
    too_many = looked(labels=[str(n) for n in range(101)], confusion=[[1] * 101] * 101)
    assert run_charts.confusion_chart(too_many, str)["data"] == []


def test_curves_of_the_most_frequent_classes_are_drawn():
    curves = [Curve(f"class {n}", n + 1, 0.5, [0.5, 1.0], [1.0, 0.75]) for n in range(20)]
    figure = checked(run_charts.precision_recall_chart(looked(precision_recall=curves), str))
    assert [trace["name"] for trace in figure["data"]] == [f"class {n} (0.500)" for n in range(19, 7, -1)]
    assert (figure["data"][0]["x"], figure["data"][0]["y"]) == ([0.5, 1.0], [1.0, 0.75])


def test_a_flow_is_drawn_by_its_logarithm():
    flow = Flow(0, "forward", [0, 1000], [[0.1, 0.0], [1.0, math.nan]])
    (trace,) = checked(run_charts.flow_chart(flow, str))["data"]
    assert trace["z"] == [[pytest.approx(-1), None], [0, None]]
    assert trace["y"] == ["0", "1,000"]

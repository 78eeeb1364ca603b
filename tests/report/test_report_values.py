import json
import math
import re
from pathlib import Path

from made_runs import answers, made_run
from made_sweep import run_folder

from recurra.report.page import write_page
from recurra.report.report import Report, finite, report
from recurra.report.runs import Left


def test_all_is_told_as_plain_values(tmp_path):
    made_run(tmp_path / "0", answers(20, 20), "seed=0")
    made_run(tmp_path / "1", answers(20, 10), "model=gru", "seed=0")
    made_run(tmp_path / "2", answers(20, 10), status="failed", error="no memory")
    told = json.loads(json.dumps(report([tmp_path]).plain()))
    (comparison,) = told["comparisons"]
    assert (comparison["score"], comparison["direction"]) == ("accuracy", "maximize")
    first, second = comparison["standings"]
    assert (first["name"], first["score"], first["sd"], first["difference"]) == ("model=lstm", 1.0, None, None)
    assert [run["folder"] for run in first["runs"]] == [str(tmp_path / "0")]
    assert first["runs"][0]["validation"]["rows"] == 20
    assert (second["difference"]["to_first"], second["difference"]["lost"], second["difference"]["rows"]) == (
        -0.5,
        1,
        20,
    )
    assert told["left"] == [{"folder": str(tmp_path / "2"), "status": "failed", "why": "no memory", "overrides": []}]


def test_json_has_no_number_for_some():
    assert finite({"a": [math.nan, 1.5, (math.inf, "nan")], "b": None}) == {"a": [None, 1.5, [None, "nan"]], "b": None}


def test_what_is_no_text_has_no_column_of_texts_and_what_is_no_loss_is_not_called_so(tmp_path):
    columns = {"row": [0, 1], "gold": [["A", "B"], ["A"]], "predicted": [["A", "A"], ["A"]]}
    folder = run_folder(tmp_path / "run", columns, "Tagging", monitor="accuracy", validation={"accuracy": 2 / 3})
    (folder / "config.yaml").write_text("data: {}\ntask: {_target_: recurra.tasks.Tagging}")
    write_page(report([tmp_path]), tmp_path / "report.html")
    heads = re.findall(r"<button type=\"button\">([^<]+)</button>", (tmp_path / "report.html").read_text("utf-8"))
    assert heads[-8:] == ["#", "gold", "predicted", "share wrong"] * 2


def test_where_nothing_can_be_compared_the_page_tells_why(tmp_path):
    write_page(Report([], [Left(Path("a"), "failed", "no memory")]), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "no memory" in text
    assert '<section class="comparison"' not in text

"""The page, in a browser without a network."""

import re
import string

import pytest
from browser import SCREENSHOTS, chromium, drawn, kept, opened
from made_runs import logged, made_run
from made_sweep import answered
from playwright.sync_api import expect

from recurra import gradient_flow_file
from recurra.gradient_flow_file import GRADIENT_FLOW, Norm
from recurra.report import page as page_module
from recurra.report.chinese import CHINESE
from recurra.report.page import write_page
from recurra.report.report import report

EVIL = [
    "<script>alert(1)</script>",
    '</script><img src="http://example.org/x.png" onerror="alert(2)">',
    "<!-- <script> {{ 7 * 7 }} ${8 * 8} &lt;b&gt;",
    "送餐很快，味道也不错 😀",
]
TASTY, BAD = "<b>好吃</b>", "不好吃</script>"


def made(folder, wrong, *overrides, **figures):
    """A run of 40 rows, of which every so-manieth is wrong."""
    gold = [TASTY, BAD] * 20
    predicted = [gold[n - 1] if n % wrong == 0 else label for n, label in enumerate(gold)]
    texts = [*EVIL, *(f"row {n} {string.ascii_lowercase[: n % 26]}" for n in range(4, 40))]
    columns = answered(gold, predicted, texts)
    columns["length"] = [n % 9 + 1 for n in range(40)]
    columns["unknown"] = [(n % 4) / 10 for n in range(40)]
    right = sum(g == p for g, p in zip(gold, predicted, strict=True))
    by_class = [{"label": TASTY, "precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 20}]
    validation = {"accuracy": right / 40, "loss": 0.5, "rows": 40, "per_class": by_class}
    made_run(folder, columns, *overrides, **{"validation": validation, **figures})
    logged(
        folder,
        [
            *({"step": n, "train/loss": 1 / (n + 1)} for n in range(0, 40, 10)),
            *({"step": n, "val/loss": 1 / (n + 1), "val/accuracy": n / 40} for n in (19, 39)),
        ],
    )
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two seeds of gru, two of lstm and an rnn with gradients; one on other data; one that failed."""
    place = tmp_path_factory.mktemp("runs")
    for number, (model, seed, wrong) in enumerate([("gru", 0, 10), ("gru", 1, 8), ("lstm", 0, 4), ("lstm", 1, 5)]):
        made(place / str(number), wrong, f"model={model}", f"seed={seed}", parameters=1000 * (number + 1))
    rnn = made(place / "4", 2, "model=rnn", "callbacks=gradient_flow")
    gradient_flow_file.begin(rnn / GRADIENT_FLOW, 0)
    gradient_flow_file.append(
        rnn / GRADIENT_FLOW, [Norm(s, 0, "forward", t, 0.5**t) for s in (0, 10) for t in range(5)]
    )
    made(place / "5", 3, "data.train='</title><script>alert(3)</script>'")
    made(place / "6", 3, status="failed", error="<i>no memory</i>", validation={})
    return place


@pytest.fixture(scope="module")
def page(runs):
    """The page of these runs."""
    write_page(report([runs]), runs / "report.html")
    return runs / "report.html"


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


def names(page, number=0):
    """What differs, row by row as they are shown."""
    return page.locator(f"#comparison-{number} .leaders tbody tr:visible th").all_inner_texts()


@pytest.mark.slow
def test_all_is_there_nothing_comes_from_outside_and_data_stays_text(browser, page):
    with opened(browser, page) as shown:
        assert shown.title() == "Runs compared"
        assert names(shown) == ["model=gru", "model=lstm", "model=rnn callbacks=gradient_flow"]
        cells = shown.locator("#comparison-0 .leaders tbody tr").nth(1).locator("td").all_inner_texts()
        assert cells[2:4] == ["2", "0.7750 ± 0.0354"]
        assert re.fullmatch(r"-0\.1125 \[-0\.\d{4}, [+-]0\.\d{4}\]", cells[4])
        assert cells[5:8] == ["0.5000", "0.5000 ± 0.0000", "3"]
        score = shown.locator("#comparison-0 .leaders tbody tr").nth(1).locator("td").nth(3)
        assert score.get_attribute("title") == "seed 0: 0.7500, seed 1: 0.8000"
        by_length = shown.locator("#comparison-0 figcaption").filter(has_text="By length").inner_text()
        assert by_length.endswith("of the run with the middle score of each row (1: seed 1, 2: seed 0, 3: seed 0)")
        assert drawn(shown) == (8 + 2) + (5 + 2)  # the second table's only row has no difference, and no costs
        kept(shown, "en-light")

        detail = shown.locator("#comparison-0 .detail:visible")
        detail.locator("summary").click()
        texts = set(detail.locator(".text").all_inner_texts())
        assert set(EVIL) <= texts
        assert TASTY in detail.locator(".classes th").all_inner_texts()
        assert {TASTY, BAD} <= set(detail.locator(".plot").first.locator(".xtick text").all_text_contents())
        assert "alert(3)" in shown.locator("#comparison-1 h2").inner_text()
        assert "<i>no memory</i>" in shown.locator("#left").inner_text()
        assert shown.locator("img").count() == 0
        assert shown.locator("script").count() == 3  # the figures, Plotly, and what the page does


@pytest.mark.slow
def test_rows_are_filtered_and_sorted_and_what_is_shown_is_chosen(browser, page):
    with opened(browser, page) as shown:
        search = shown.locator("#comparison-0 .filter input")
        search.fill("0.5")  # a figure is no name
        assert names(shown) == []
        search.fill("MODEL gru")
        assert names(shown) == ["model=gru"]
        assert shown.locator("#comparison-0 .filter [role=status]").inner_text() == "1 / 3"
        search.fill("no such row")
        assert names(shown) == []
        search.fill("")
        heads = shown.locator("#comparison-0 .leaders thead button")
        heads.filter(has_text="parameters").click()
        assert [name.split()[0] for name in names(shown)] == ["model=rnn", "model=gru", "model=lstm"]
        heads.filter(has_text="parameters").click()
        assert [name.split()[0] for name in names(shown)] == ["model=lstm", "model=gru", "model=rnn"]
        heads.filter(has_text="what differs").click()
        assert [name.split()[0] for name in names(shown)] == ["model=gru", "model=lstm", "model=rnn"]
        assert shown.locator("#comparison-0 .leaders [aria-sort=ascending]").inner_text().startswith("what differs")

        drawn(shown)
        legend = shown.locator("#comparison-0 .plot").first.locator(".legendtext")
        assert legend.all_text_contents() == ["model=gru", "model=lstm", "model=rnn callbacks=gradient_flow"]
        shown.locator("#comparison-0 .tick input").nth(1).uncheck()
        assert legend.all_text_contents() == ["model=gru", "model=rnn callbacks=gradient_flow"]
        shown.locator("#comparison-0 .choice select").select_option("4")
        detail = shown.locator("#comparison-0 .detail:visible")
        assert detail.locator("p").first.inner_text().endswith("/4")
        assert "Gradient flow, layer 0, forward" in detail.inner_text()
        assert drawn(shown) == (8 + 3) + (5 + 2)


@pytest.mark.slow
def test_every_run_of_a_row_can_be_looked_at_and_nothing_ticked_is_said(browser, page):
    with opened(browser, page) as shown:
        choice = shown.locator("#comparison-0 .choice select")
        assert choice.locator("option").all_inner_texts() == [
            "1. model=gru, seed 1",
            "1. model=gru, seed 0",
            "2. model=lstm, seed 0",
            "2. model=lstm, seed 1",
            "3. model=rnn callbacks=gradient_flow",
        ]
        choice.select_option("1")
        detail = shown.locator("#comparison-0 .detail:visible")
        assert detail.locator("p").first.inner_text().endswith("/0")
        detail.locator(".plot").first.scroll_into_view_if_needed()
        detail.locator(".plot .main-svg").first.wait_for()
        for box in shown.locator("#comparison-0 .tick input").all():
            box.uncheck()
        calibration = shown.locator("#comparison-0 .chart").filter(has_text="Calibration")
        calibration.scroll_into_view_if_needed()
        calibration.get_by_text("No row is ticked").wait_for()
        assert calibration.locator(".trace").count() == 0


@pytest.mark.slow
def test_on_paper_all_is_drawn_and_nothing_scrolls(browser, page):
    with opened(browser, page, dark=True) as shown:
        shown.emulate_media(media="print", color_scheme="dark")
        plots = shown.locator(".plot:visible")
        assert plots.count() == (8 + 2) + (5 + 2)
        for number in range(plots.count()):
            plots.nth(number).locator(".main-svg").first.wait_for()  # without being scrolled to
        assert shown.locator("#theme").is_hidden()
        assert shown.locator(".filter:visible, .choice:visible, .tick input:visible").count() == 0
        assert {box.evaluate("box => getComputedStyle(box).overflowY") for box in shown.locator(".scroll").all()} == {
            "visible"
        }
        expect(shown.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        kept(shown, "en-print")
        shown.emulate_media(media="screen", color_scheme="dark")
        expect(shown.locator("body")).to_have_css("background-color", "rgb(20, 23, 28)")
    with opened(browser, page) as shown:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        shown.pdf(path=SCREENSHOTS / "en.pdf", prefer_css_page_size=True)
        assert shown.locator(".plot:visible:not(:has(.main-svg))").count() == 0


@pytest.mark.slow
def test_light_and_dark_are_followed_and_switched(browser, page):
    def colours(shown):
        tick = shown.locator(".xtick text").first.evaluate("node => getComputedStyle(node).fill")
        return shown.evaluate("getComputedStyle(document.body).backgroundColor"), tick

    light, dark = ("rgb(255, 255, 255)", "rgb(29, 33, 41)"), ("rgb(20, 23, 28)", "rgb(229, 232, 237)")
    with opened(browser, page, dark=True) as shown:
        drawn(shown)
        assert colours(shown) == dark
        kept(shown, "en-dark")
        shown.locator("#theme").click()
        assert colours(shown) == light
        shown.locator("#theme").click()
        assert colours(shown) == dark


@pytest.mark.slow
def test_a_narrow_page_in_chinese(browser, runs):
    path = runs / "zh.html"
    write_page(report([runs]), path, "zh")
    with opened(browser, path, width=390) as shown:
        assert shown.locator("html").get_attribute("lang") == "zh"
        assert shown.title() == "运行比较"
        drawn(shown)
        assert shown.evaluate("document.documentElement.scrollWidth") <= 390
        assert "失败" in shown.locator("#left").inner_text()
        heads = shown.locator("#comparison-0 .leaders thead th").all_inner_texts()
        assert heads[2:5] == ["val accuracy", "不同之处", "运行次数"]  # a phone shows the score first
        shown.set_viewport_size({"width": 1300, "height": 900})
        heads = shown.locator("#comparison-0 .leaders thead th").all_inner_texts()
        assert heads[2:5] == ["不同之处", "运行次数", "val accuracy"]
        shown.set_viewport_size({"width": 390, "height": 900})
        kept(shown, "zh-narrow")


def test_every_phrase_is_there_in_chinese():
    folder = page_module.Path(page_module.__file__).parent
    sources = [*folder.glob("*.py"), folder / "page" / "page.html"]
    text = "".join(file.read_text(encoding="utf-8") for file in sources)
    said = {phrase for _, phrase in re.findall(r"""\b(?:words|_)\((["'])(.+?)\1\)""", text)}
    assert said | {"forward", "backward", "share wrong"} == set(CHINESE)

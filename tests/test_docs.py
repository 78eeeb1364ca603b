"""The tour is built offline without a warning, loads nothing from outside, and names only what exists."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import typed
from hydra import compose, initialize_config_module
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from recurra import build
from recurra.commands.job import plain
from recurra.commands.main import main
from recurra.overrides import prepare
from recurra.run_schema import check_run
from recurra.schema import check_node
from recurra.sweeps.parameter import Parameter
from recurra.sweeps.space import Space

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FIGURES = DOCS / "figures"
LANGUAGES = ("en", "zh")
PAPERS = {"doi.org", "arxiv.org"}
"""The only places outside that a page may lead to, and none may load from."""
IN_SCRIPTS = {
    "http://www.w3.org/2000/svg",
    "https://developer.mozilla.org/en-US/docs/Web/JavaScript/Guide/Regular_Expressions#escaping",
    "https://snowballstem.org/",
    "https://www.sphinx-doc.org/",
}
"""Addresses in scripts of Sphinx and the theme: the name of a format, two comments, a link in a sentence not shown."""
LOADING = {"src", "href", "srcset", "data", "poster", "action"}
OFFLINE = """
import runpy, socket, sys
def refuse(*arguments, **options):
    raise OSError("a build of the documentation asked for the network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Page(HTMLParser):
    """What stands in a page that was built.

    Attributes:
        loaded: addresses that a browser would load, and any other with a host that is not a link to follow.
        links: addresses to follow.
        images: file names.
        code: each piece of code between words.
        commands: lines of the blocks to type; a backslash at the end of one goes on with the next.
        equations: how many stand in a line of their own.
        ids: that a link may lead to.
        text: outside scripts.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.code: list[str] = []
        self.equations = 0
        self.ids: set[str] = set()
        self.text = ""
        self._typed = ""
        self._within: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.commands = [line for line in self._typed.replace("\\\n", " ").splitlines() if line.strip()]

    def handle_starttag(self, tag, attrs):
        self.equations += tag == "math" and ("display", "block") in attrs
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            elif tag == "a" and name == "href":
                self.links.append(value)
            elif name in LOADING or (not name.startswith("xmlns") and re.match(r"(\w+:)?//", value or "")):
                self.loaded.append(value)
            if tag == "img" and name == "src":
                self.images.append(Path(value).name)
            if name == "class" and "highlight-bash" in value:
                self._within.append("bash")
        if tag in ("code", "pre", "script"):
            self._within.append(tag)
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag):
        if tag in ("code", "pre", "script") and tag in self._within:
            self._within.remove(tag)
            if tag == "pre" and "bash" in self._within:
                self._within.remove("bash")

    def handle_data(self, data):
        if "script" in self._within:
            self.loaded += re.findall(r"https?://\S+", data)
            return
        self.text += data
        if "code" in self._within:
            self.code[-1] += data
        elif "pre" in self._within and "bash" in self._within:
            self._typed += data


def built(docs: Path, output: Path) -> subprocess.CompletedProcess[str]:
    """Builds the documentation without a network."""
    command = [sys.executable, "-c", OFFLINE, docs / "build.py", output]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built."""
    output = tmp_path_factory.mktemp("site")
    done = built(DOCS, output)
    assert done.stderr == ""
    assert done.returncode == 0
    return output


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[tuple[str, str], Page]:
    """Each page by language and name."""
    return {(file.parent.name, file.name): Page(file) for file in sorted(site.glob("*/*.html"))}


def sources(language: str) -> Iterator[Path]:
    return (DOCS / language).glob("*.md")


def commands() -> list[str]:
    """Every line to type, from the sources: tests are named before anything is built."""
    blocks = [
        block
        for language in LANGUAGES
        for file in sorted(sources(language))
        for block in re.findall(r"```bash\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
    ]
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return list(dict.fromkeys(" ".join(line.split()) for line in lines))


def test_what_is_amiss_fails_the_build(tmp_path):
    shutil.copytree(DOCS, tmp_path / "docs")
    (tmp_path / "src").symlink_to(ROOT / "src")
    with open(tmp_path / "docs" / "en" / "lstm.md", "a", encoding="utf-8") as file:
        file.write("\n[gone](gone.md) [no such part](gru.md#gone) $\\unknowncommand$\n\n![gone](../figures/gone.png)\n")
    (tmp_path / "docs" / "en" / "alone.md").write_text("# In no table of contents\n", encoding="utf-8")
    done = built(tmp_path / "docs", tmp_path / "site")
    assert done.returncode == 1
    for complaint in (
        "cross-reference target not found: 'gone.md'",
        "local id not found in doc 'gru': 'gone'",
        r'Unknown LaTeX command "\unknowncommand"',
        "image file not readable: ../figures/gone.png",
        "alone.md: WARNING: document isn't included in any toctree",
    ):
        assert complaint in done.stderr


def test_every_page_exists_in_both_languages_with_the_same_content(pages):
    english, chinese = ({name: page for (folder, name), page in pages.items() if folder == own} for own in LANGUAGES)
    assert {file.with_suffix(".html").name for own in LANGUAGES for file in sources(own)} <= set(english)
    assert set(english) == set(chinese)
    for name, page in english.items():
        other = chinese[name]
        assert page.images == other.images, name
        assert page.commands == other.commands, name
        assert page.equations == other.equations, name
        assert sorted(named(page)) == sorted(named(other)), name
        assert outside(page.links) == outside(other.links), name


def outside(links: list[str]) -> list[str]:
    return [link for link in links if urlsplit(link).netloc]


def named(page: Page) -> set[str]:
    """The files of the repository that a page names."""
    code = " ".join([*page.code, *page.commands])
    return set(re.findall(r"\b(?:src|conf|docs|examples|tests|bench)/[\w./-]+\w", code))


def test_a_page_loads_nothing_from_outside(site, pages):
    for name, page in pages.items():
        assert page.loaded, name
        for address in page.loaded:
            assert not urlsplit(address).netloc, (name, address)
            assert urlsplit(address).scheme == "", (name, address)
    sheets = list(site.glob("*/_static/**/*.css"))
    assert len(sheets) > 4
    for file in sheets:
        text = file.read_text(encoding="utf-8")
        assert "@import" not in text, file
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", text):
            assert address.startswith("data:") or not re.match(r"(\w+:)?//", address), (file, address)
    for file in site.glob("*/**/*.js"):
        found = set(re.findall(r"https?://[^\s\"'`)<>\\]+", file.read_text(encoding="utf-8")))
        assert found <= IN_SCRIPTS, file


def test_links_lead_to_pages_that_exist_and_to_papers(site, pages):
    for (folder, name), page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.netloc:
                assert parts.scheme == "https", link
                assert parts.netloc in PAPERS, link
                continue
            target = (site / folder / (parts.path or name)).resolve()
            assert target.is_file(), (name, link)
            if parts.fragment:
                assert parts.fragment in pages[target.parent.name, target.name].ids, (name, link)


def test_equations_are_mathml_and_none_is_left_over(pages):
    without = {name for (_, name), page in pages.items() if not page.equations}
    assert without == {"index.html", "search.html", "logging.html"}
    for name, page in pages.items():
        assert "$" not in page.text, name
        assert not re.search(r"\\[a-z]+", page.text), name


def test_pages_are_found_by_their_words(site):
    english, chinese = ((site / own / "searchindex.js").read_text(encoding="utf-8") for own in LANGUAGES)
    assert '"jacobian"' in english
    pairs = ("梯度", "度消", "消失")  # of 梯度消失, as the browser splits it too
    assert all(f'"{pair.encode("unicode_escape").decode()}"' in chinese for pair in pairs)
    assert "function splitQuery" in (site / "zh" / "_static" / "language_data.js").read_text(encoding="utf-8")


def test_every_file_that_a_page_names_exists(pages):
    files = {file for page in pages.values() for file in named(page)}
    assert len(files) > 20
    assert [file for file in files if not (ROOT / file).is_file()] == []
    targets = {code.removeprefix("make ") for page in pages.values() for code in page.code if code.startswith("make ")}
    assert targets
    assert targets <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_picture_has_a_script_of_its_name_and_a_page(site):
    made = {file for file in FIGURES.iterdir() if file.suffix in (".png", ".md")}
    scripts = {file for file in FIGURES.glob("*.py") if "__main__" in file.read_text(encoding="utf-8")}
    measured = {"memory_suite", "shakespeare"}  # by an hour of bench/, not by make figures
    assert all((ROOT / "bench" / f"{name}.py").is_file() for name in measured)
    assert {file.stem for file in made} == {file.stem for file in scripts} | measured
    for language in LANGUAGES:
        text = "".join(file.read_text(encoding="utf-8") for file in sources(language))
        assert {file.name for file in made} == set(re.findall(r"\.\./figures/([\w.]+)", text))
        shown = {file.name for file in (site / language / "_images").iterdir()}
        assert shown == {file.name for file in made if file.suffix == ".png"}
    assert [file.name for file in made if file.stat().st_size > 60_000] == []


def test_only_known_commands_are_shown():
    assert {command.split()[0] for command in commands()} == {"recurra-train", "recurra", "python"}


@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("recurra-train ")])
def test_a_run_that_a_page_shows_composes_and_is_built(command):
    multirun, overrides = asked(command)
    jobs = jobs_of(prepare(overrides, multirun=multirun))
    assert (len(jobs) > 1) == multirun
    for job in jobs:
        settings = composed(job)
        node = settings.pop("hydra")
        for name in ("sweeper", "launcher"):
            check_node(node[name], f"hydra.{name}")
        check_run(settings)
        words = settings["task"]["_target_"].endswith(("LanguageModel", "Cloze"))
        labels = [str(number) for number in range(50 if words else 2)]
        counts = [3] * len(labels)
        numbers = settings["embedding"]["_target_"].endswith("LinearEmbedding")  # are read, no tokens
        read = {"vocabulary_size": None, "input_size": 2} if numbers else {"vocabulary_size": 50}
        build.module(settings, **read, embedding_size=None, labels=labels, class_counts=counts, card={})


def asked(command: str) -> tuple[bool, list[str]]:
    """Whether several runs are asked for, and the overrides.

    The experiment that a sweep leaves in its folder is not there: a run of the sweep that a page shows stands for it.
    """
    arguments = shlex.split(command)[1:]
    multirun = "-m" in arguments
    overrides = [each for each in arguments if each != "-m"]
    if "--config-dir" not in overrides:
        return multirun, overrides
    at = overrides.index("--config-dir")
    folder = overrides[at + 1]
    sweeps = [line for line in commands() if f" hydra.sweep.dir={folder}" in line]
    assert sweeps, f"no command leaves {folder}"
    job = jobs_of(prepare(asked(sweeps[0])[1], multirun=True))[0]
    # Its values are said, and nothing is searched any more.
    both = [*job, *overrides[:at], *overrides[at + 2 :]]
    return multirun, [each for each in both if each != "experiment=best" and not each.startswith("hparams_search=")]


def jobs_of(overrides: list[str]) -> list[list[str]]:
    """The overrides of each run; of a search, of as many as show each value and both ends of each interval."""
    parser = OverridesParser.create()
    parsed = parser.parse_overrides(overrides)
    fixed = [each.input_line for each in parsed if not each.is_sweep_override()]
    params = composed(fixed)["hydra"]["sweeper"]["params"]
    searched = parser.parse_overrides(prepare([f"{key}={value}" for key, value in params.items()], multirun=True))
    varied = {each.get_key_element(): each for each in [*searched, *parsed] if each.is_sweep_override()}
    space = Space([Parameter.of(each) for each in varied.values()], {})
    points = space.points() if space.countable else space.corners()
    return [[*fixed, *space.overrides(point)] for point in points]


def composed(overrides: list[str]) -> dict[str, Any]:
    """The configuration, Hydra's sweeper and launcher with it."""
    with initialize_config_module("recurra.conf", version_base="1.3"):
        found = compose("train", overrides=overrides, return_hydra_config=True)
        parts = {name: OmegaConf.to_container(found.hydra[name]) for name in ("sweeper", "launcher")}
        return {**plain(found), "hydra": parts}


@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("recurra ")])
def test_what_a_page_asks_of_a_checkpoint_or_of_runs_is_understood(capsys, command):
    code, _, err = typed(capsys, main, *shlex.split(command)[1:])
    assert code == 2
    # And nothing else is amiss.
    assert re.search(r"no checkpoint outputs/\w+/checkpoints/best\.ckpt|no folder outputs\b", err)
    assert "usage:" not in err


def test_the_table_of_parameters_is_what_the_page_says():
    rows = [line.split("|")[1:-1] for line in (FIGURES / "parameters.md").read_text(encoding="utf-8").splitlines()]
    models = [cell.strip(" `") for cell in rows[0][1:]]
    assert len(rows) > 5
    for setting, *counts in rows[2:]:
        options = dict(pair.removeprefix("model.").split("=") for pair in setting.strip(" `").split())
        width, layers = int(options["hidden_size"]), int(options.get("num_layers", 1))
        for model, count in zip(models, counts, strict=True):
            matrices = {"rnn": 1, "gru": 3}.get(model, 4)
            read = [128] + [2 * width] * (layers - 1)  # embedding.size, then both directions of the layer below
            expected = sum(2 * matrices * (width * (size + width) + 2 * width) for size in read)
            if model == "rcnn":
                expected += sum(128 * (kernel * (128 + 2 * width) + 1) for kernel in (1, 2, 3, 4))
            assert int(count.replace(",", "")) == expected, (model, setting)


@pytest.mark.slow
def test_scripts_that_need_no_training_make_their_pictures_and_the_same_tables(tmp_path, monkeypatch):
    for script in FIGURES.glob("*.py"):
        shutil.copy(script, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("padding", "context", "last_step"):
        runpy.run_path(str(tmp_path / f"{name}.py"), run_name="__main__")
        assert (tmp_path / f"{name}.png").stat().st_size > 5_000
    runpy.run_path(str(tmp_path / "gru_forms.py"), run_name="__main__")
    assert (tmp_path / "gru_forms.md").read_bytes() == (FIGURES / "gru_forms.md").read_bytes()
    for helper in ("drawing", "encoders"):
        del sys.modules[helper]

"""Search in Chinese pages by pairs of neighbouring characters, which needs no dictionary.

Sphinx's own asks jieba for words: it finds none where there is no jieba, and the browser has none to split a question.
"""

import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.util.typing import ExtensionMetadata

_RUNS = re.compile(r"[a-zA-Z0-9_]+|[\u4e00-\u9fff]+")


class PairedChinese(SearchEnglish):
    """Of a run of Chinese characters every two neighbours; Latin words as in English."""

    lang = "zh"
    js_splitter_code = r"""
function splitQuery(query) {
  return (query.match(/[a-zA-Z0-9_]+|[\u4e00-\u9fff]+/g) ?? []).flatMap((run) =>
    /[\u4e00-\u9fff]{3}/.test(run) ? [...run.slice(1)].map((second, i) => run[i] + second) : [run]
  );
}
"""

    def split(self, input: str) -> list[str]:
        """The terms of a text."""
        terms: list[str] = []
        for run in _RUNS.findall(input):
            terms += [run] if run.isascii() else [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        return terms


def setup(app: Sphinx) -> ExtensionMetadata:
    """What Sphinx calls; it takes the place of Sphinx's own search for pages in Chinese."""
    app.add_search_language(PairedChinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

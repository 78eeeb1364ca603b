"""Which script texts are written in."""

import re
from collections.abc import Iterable

CJK = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Inside the brackets of a regular expression: Chinese and Japanese characters."""

_CJK = re.compile(f"[{CJK}]")


def mostly_cjk(texts: Iterable[str]) -> bool:
    """Whether most of the letters in all texts together are Chinese or Japanese, with no spaces between words."""
    letters = cjk = 0
    for text in texts:
        letters += sum(map(str.isalpha, text))
        cjk += len(_CJK.findall(text))
    return 2 * cjk > letters

"""Words as white space divides them."""

import re

WHITE_SPACE = " \t\n\r\f\v"
"""That of ASCII: what is wider, or forbids a line to be broken, may stand inside a word."""

_WORD = re.compile(f"[^{WHITE_SPACE}]+")


def words(text: str) -> list[str]:
    """What stands between white space, in its order."""
    return _WORD.findall(text)

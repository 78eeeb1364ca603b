"""Texts put together again, token by token."""

import re
from abc import ABC, abstractmethod
from typing import final

from tokenizers import decoders

from recurra.text.script import CJK

_NO_SPACE_BEFORE = re.compile(rf"[.,;:!?%)\]}}…’”、。，！？；：）》」』】{CJK}]")
_NO_SPACE_AFTER = re.compile(rf"[(\[{{$#“‘（《「『【、。，！？；：{CJK}]")


class Writer(ABC):
    """Takes the tokens of one text in their order, and gives out its characters as soon as they are known."""

    @abstractmethod
    def add(self, token: str) -> str:
        """What a token adds to the text; empty where the next one must be seen first."""


@final
class CharacterWriter(Writer):
    """Tokens that are characters."""

    def add(self, token: str) -> str:
        return token


@final
class ByteWriter(Writer):
    """Tokens that are parts of UTF-8, in the byte-level alphabet: a character may need several."""

    def __init__(self) -> None:
        self._decoder = decoders.ByteLevel()
        self._pending: list[str] = []
        self._begun = False

    def add(self, token: str) -> str:
        self._pending.append(token)
        text = str(self._decoder.decode(self._pending))
        if text.endswith("\N{REPLACEMENT CHARACTER}") and len(self._pending) < 4:  # no character has more bytes
            return ""
        self._pending.clear()
        text, self._begun = (text if self._begun else text.removeprefix(" ")), True
        return text


@final
class WordWriter(Writer):
    """Tokens that are words and marks: a space between two, but not beside Chinese and before or after most marks."""

    def __init__(self) -> None:
        self._last = ""

    def add(self, token: str) -> str:
        joined = not self._last or _NO_SPACE_AFTER.match(self._last[-1]) or _NO_SPACE_BEFORE.match(token[0])
        self._last = token
        return token if joined else f" {token}"

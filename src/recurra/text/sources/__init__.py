"""Where corpora come from: files, Python packages and the Hugging Face Hub."""

from recurra.text.sources.base import Source
from recurra.text.sources.bbc_news import BbcNews
from recurra.text.sources.files import Files
from recurra.text.sources.hub import Hub
from recurra.text.sources.snownlp import Snownlp
from recurra.text.sources.text_files import TextFiles

__all__ = ["BbcNews", "Files", "Hub", "Snownlp", "Source", "TextFiles"]

"""Equations as MathML, made when the pages are built: a page needs neither JavaScript nor the network to show one."""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


def setup(app: Sphinx) -> ExtensionMetadata:
    """What Sphinx calls; the renderer is chosen by `html_math_renderer = "mathml"`."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    _write(translator, node, as_block=False)


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    _write(translator, node, as_block=True)


def _write(translator: HTML5Translator, node: nodes.Element, as_block: bool) -> None:
    try:
        translator.body.append(str(tex2mathml(node.astext(), as_block=as_block)))
    except MathError as error:
        logging.getLogger(__name__).warning("No MathML for %s: %s", node.astext(), error, location=node)
    raise nodes.SkipNode

"""How the tour is built: `make docs`.

Sphinx with MyST is the best kept of the three that were compared in November 2026: its two latest releases and MyST's
were less than six weeks old, where MkDocs Material ends in May 2027 and its successor Zensical calls itself alpha.
docutils, which Sphinx stands on, turns TeX into MathML, so that an equation needs no JavaScript and nothing from
outside; the other two leave TeX to KaTeX or MathJax, and load fonts from Google unless told otherwise.
Its search answers in pages opened from a disk, in both languages, and one switch makes every warning an error.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for the two extensions that stand beside this file

project = html_title = "Recurra"
extensions = ["myst_parser", "equations", "chinese_search"]
myst_enable_extensions = ["dollarmath"]
nitpicky = True

html_theme = "furo"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["tour.css"]
templates_path = ["_templates"]
html_copy_source = False
html_use_index = False

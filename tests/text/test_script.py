import pytest

from recurra.text.script import mostly_cjk


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["很好吃", "ok"], True),
        (["很好吃", "fine"], False),
        (["すごい", "カフェ"], True),
        (["아주 좋아요"], False),
        (["12:30 !?", ""], False),
    ],
    ids=["Chinese", "more English", "Japanese", "Korean, which has spaces", "no letter"],
)
def test_letters_of_all_texts_together_decide(texts, expected):
    assert mostly_cjk(texts) is expected

"""Words with a tag each."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import ConfigError, DataError
from recurra.text.readers import Conll
from recurra.text.spacing import words
from recurra.types import Example

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0 \t\n\r\f\v\ufeff"), min_size=1, max_size=4
)

CONLL_2003 = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
. . O O

-DOCSTART- -X- -X- O

# # B-NP O
Peter NNP I-NP B-PER
# # B-NP O
"""

CONLL_U = """# sent_id = 1
# text = Vámonos 10 000
1-2\tVámonos\t_\t_
1\tVamos\tVERB\troot
2\tnos\tPRON\tobj
2.1\tya\tADV\t_
3\t10 000\tNUM\t_

"""


def rows(content, labelled=True, **options):
    return list(Conll(**options).rows(io.BytesIO(content.encode()), "f", labelled))


def test_sentences_of_2003():
    assert rows(CONLL_2003) == [
        Example("EU rejects .", ("B-ORG", "O", "O"), "f", 3),
        Example("Peter #", ("B-PER", "O"), "f", 10),
    ]
    assert rows(CONLL_2003, label="2")[0].labels == ("NNP", "VBZ", ".")
    assert [row.labels for row in rows(CONLL_2003, labelled=False)] == [(), ()]


def test_comments_and_numbers_of_conll_u_are_no_words_and_a_space_inside_one_does_not_divide_it():
    (sentence,) = rows(CONLL_U, text="2", label="3")
    assert sentence == Example("Vamos nos 10\u00a0000", ("VERB", "PRON", "NUM"), "f", 4)
    assert words(sentence.text) == ["Vamos", "nos", "10\u00a0000"]


def test_a_word_may_begin_like_a_comment():
    assert rows("#one\tO\n#\tO\n\n#two O\n")[0].text == "#one #"
    assert [row.text for row in rows("#one O\n# O\n\n#two O\n")] == ["#one #", "#two"]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3), min_size=1, max_size=3),
    st.sampled_from([" ", "\t", "  "]),
)
def test_sentences_round_trip(sentences, between):
    lines = [[f"w{word}{between}_{between}{tag}" for word, tag in sentence] for sentence in sentences]
    read = rows("\n\n".join("\r\n".join(sentence) for sentence in lines))
    assert [row.text for row in read] == [" ".join(f"w{word}" for word, _ in sentence) for sentence in sentences]
    assert [row.labels for row in read] == [tuple(tag for _, tag in sentence) for sentence in sentences]


@pytest.mark.parametrize(
    ("line", "options", "message"),
    [
        ("dog", {}, "f:5: 1 column, expected 3 as in line 1"),
        ("dog NN B-NP I-NP", {}, "f:5: 4 columns, expected 3 as in line 1"),
        ("dog\tNN\t", {}, "f:5: the tag is missing in column 3"),
        ("\tNN\tO", {}, "f:5: the word is missing in column 1"),
        ("dog NN O", {"label": "4"}, r"f:1: 3 columns, so that the tag cannot stand in column 4 \(data\.label=\)"),
        ("dog NN O", {"text": "5"}, r"f:1: 3 columns, so that the word cannot stand in column 5 \(data\.text=\)"),
        ("do\0g NN O", {}, "f:5: a NUL"),
    ],
)
def test_a_bad_line_is_told_and_reading_goes_on(line, options, message):
    read = rows(f"a DT O\ncat NN O\n\nthe DT O\n{line}\n\na DT O\n", **options)
    assert len(read) == 3
    with pytest.raises(DataError, match=message):
        raise next(row for row in read if isinstance(row, DataError))
    if not options:
        assert (read[0].text, read[2].text, read[2].line) == ("a cat", "a", 7)


def test_words_without_tags_are_told_and_can_be_predicted():
    (error,) = rows("the\ncat\n")
    assert str(error).startswith("f:1: one column, 'the', expected two or more")
    assert rows("the\ncat\n\n", labelled=False) == [Example("the cat", (), "f", 1)]


def test_no_sentence_at_all(tmp_path):
    (tmp_path / "t.conll").write_text("# text\n\n-DOCSTART- O\n\n")
    with pytest.raises(DataError, match="holds no rows"):
        Conll().read(tmp_path / "t.conll")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "form"}, "text='form': CoNLL files name no columns; expected the number of one"),
        ({"label": "0"}, "label='0'"),
        ({"label": "-1"}, "label='-1'"),
        ({"text": ["1", "2"]}, "text="),
        ({"label_separator": "|"}, "a word has one tag"),
    ],
)
def test_what_is_no_column_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Conll(**options)

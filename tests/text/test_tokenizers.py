"""Recipes and the tokenizers that come of them."""

import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import CheckpointError, ConfigError, DataError
from recurra.text import tokenizers
from recurra.text.spacing import words
from recurra.text.tokenizers import BytePair, Character, ChineseWord, Tokenizer, Whitespace, Word

TEXTS = [
    "The cat sat. The cat's hat isn't it? <pad> <unk>",
    "我们在云计算平台工作，the cat 喜欢它。ラーメン",
    "the THE <pad>\n\tcafé ＡＢＣ",
]
RECIPES = {
    "word": Word(min_frequency=1),
    "whitespace": Whitespace(min_frequency=1),
    "character": Character(min_frequency=1),
    "byte_pair": BytePair(size=300),
    "chinese_word": ChineseWord(min_frequency=1),
}
FITTED = {name: recipe.fit(TEXTS) for name, recipe in RECIPES.items()}


@pytest.fixture(params=RECIPES)
def name(request):
    return request.param


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters(codec=None)), max_size=4), st.sampled_from(sorted(FITTED)))
def test_any_unicode_has_ids_in_range(texts, kind):
    tokenizer = FITTED[kind]
    encoded = tokenizer.encode(texts)
    assert len(encoded) == len(texts)
    for text, ids in zip(texts, encoded, strict=True):
        assert ids.dtype == np.int32
        assert ids.ndim == 1
        assert (ids > tokenizer.pad_id).all()
        assert (ids < tokenizer.size).all()
        assert tokenizer.tokens(text) == [tokenizer.vocabulary[i] for i in ids]
        if kind == "byte_pair":
            assert (ids != tokenizer.unknown_id).all()


def test_ids(name):
    tokenizer = FITTED[name]
    assert tokenizer.vocabulary[:2] == ["<pad>", "<unk>"]
    assert (tokenizer.pad_id, tokenizer.unknown_id, tokenizer.size) == (0, 1, len(tokenizer.vocabulary))
    counts = np.bincount(np.concatenate(tokenizer.encode(TEXTS)), minlength=tokenizer.size)
    assert counts[:2].tolist() == [0, 0]
    assert (np.diff(counts[2:]) <= 0).all()
    assert tokenizer.encode([]) == []
    assert [ids.tolist() for ids in tokenizer.encode(["", ""])] == [[], []]


def test_batches_make_no_difference(name):
    texts = [f"the cat {n}" for n in range(5000)]
    encoded = FITTED[name].encode(texts)
    assert all((FITTED[name].encode([texts[n]])[0] == encoded[n]).all() for n in (0, 4095, 4096, 4999))


HARD = st.text(
    st.one_of(st.sampled_from(" \u00a8\u0308\u0301'’aA\u212b云\u3000\n\u00a0ﬁΣ"), st.characters(codec="utf-8"))
)


@settings(deadline=None, max_examples=500)
@given(st.lists(HARD, min_size=1, max_size=6))
def test_words_between_spaces_are_what_they_are_in_their_text(texts):
    # The library's tokenizer, given whole texts, is what remembering single words is measured by.
    whole = Word(min_frequency=1).fit([*TEXTS, *texts])
    for text, ids in zip(texts, whole.encode(texts), strict=True):
        assert ids.tolist() == whole._fitted.encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize(("bound", "most"), [("_REMEMBERED", 3), ("_CHARACTERS", 12)])
def test_words_are_forgotten_before_they_fill_the_memory(monkeypatch, bound, most):
    monkeypatch.setattr(f"recurra.text.tokenizers.spaced.{bound}", most)
    tokenizer = Word(min_frequency=1).fit(["a b c d e unusually long"])
    for text in 3 * ["a b", "c unusually", "", "d e  e", "long unusually"]:
        assert tokenizer.tokens(text) == text.split()
        held = tokenizer._spaced._numbers
        assert (len(held) if bound == "_REMEMBERED" else sum(map(len, held))) <= most


def test_an_interruption_leaves_no_word_without_its_ids(monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    tokenizer = Word(min_frequency=1).fit(["a b c"])
    with monkeypatch.context() as patch:
        patch.setattr("recurra.text.tokenizers.spaced.Spaced._learn", interrupted)
        with pytest.raises(KeyboardInterrupt):
            tokenizer.encode(["a b"])
    assert tokenizer.tokens("c b a") == ["c", "b", "a"]


def test_threads_share_a_tokenizer():
    tokenizer = Word(min_frequency=1).fit([" ".join(f"w{n}" for n in range(5000))])
    texts = [" ".join(f"w{(7 * n * n + m) % 5000}" for m in range(20)) for n in range(2000)]
    alone = [ids.tolist() for ids in tokenizer.encode(texts)]
    shared = Tokenizer.from_json(tokenizer.to_json())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared.encode, [[text] for text in texts]))
    assert [ids.tolist() for (ids,) in found] == alone


def test_whether_words_are_remembered_is_no_part_of_what_is_saved():
    assert {name: tokenizer._spaced is not None for name, tokenizer in FITTED.items()} == {
        "word": True,
        "whitespace": False,
        "character": False,
        "byte_pair": False,
        "chinese_word": False,
    }
    saved = FITTED["word"].to_json()
    assert json.loads(saved).keys() == {"format", "segmenter", "tokenizer"}  # as it was before: old runs go on
    assert Tokenizer.from_json(saved)._spaced is not None


def test_saving(name):
    tokenizer = FITTED[name]
    again = Tokenizer.from_json(tokenizer.to_json())
    assert again == tokenizer == pickle.loads(pickle.dumps(tokenizer))
    assert hash(again) == hash(tokenizer)
    assert again != FITTED["word" if name != "word" else "character"]
    assert again != "tokenizer"
    assert [ids.tolist() for ids in again.encode(TEXTS)] == [ids.tolist() for ids in tokenizer.encode(TEXTS)]


def test_fitting_is_the_same_in_another_process(name):
    code = "import sys, test_tokenizers as t; sys.stdout.buffer.write(t.FITTED[sys.argv[1]].to_json().encode())"
    ran = subprocess.run(
        [sys.executable, "-c", code, name],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parent,
        capture_output=True,
        check=True,
    )
    assert ran.stdout.decode() == FITTED[name].to_json()


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_no_tokens_at_all(name, texts):
    with pytest.raises(DataError, match="vocabulary"):
        RECIPES[name].fit(texts)


def test_white_space_alone_holds_no_words():
    for kind in ("word", "chinese_word"):
        with pytest.raises(DataError, match=r"tokenizer\.min_frequency=1"):
            RECIPES[kind].fit([" \n\u3000"])
    with pytest.raises(DataError, match="min_frequency=2"):
        Word().fit(["all of these are rare"])


def test_words():
    tokens = FITTED["word"].tokens
    assert tokens("The CAT's hat isn't 我们ラーメン，<pad>") == [
        *["the", "cat's", "hat", "isn't", "我", "们", "ラ", "ー", "メ", "ン", ",", "<", "pad", ">"]
    ]
    assert tokens("ABC 'the' dog") == ["abc", "<unk>", "the", "<unk>", "<unk>"]
    plain = Word(lowercase=False, nfkc=False, min_frequency=1).fit(["The ＡＢＣ don’t é 한국어 x_1 3.5"])
    text = ["The", "ＡＢＣ", "don’t", "é", "한국어", "x_1", "3", ".", "5"]
    assert plain.tokens("The ＡＢＣ don’t é 한국어 x_1 3.5") == text
    assert plain.tokens("the ABC") == ["<unk>", "<unk>"]


@settings(deadline=None, max_examples=300)
@given(st.one_of(HARD, st.text(st.sampled_from(" \t\n\r\f\v\u00a0\u2028\u3000\x85\u00a8aB."))), st.booleans())
def test_between_spaces_there_is_one_word_whatever_it_contains(text, nfkc):
    tokenizer = Whitespace(min_frequency=1, nfkc=nfkc).fit(["x", text])
    (ids,) = tokenizer.encode([text])
    assert len(ids) == len(words(text))
    assert tokenizer.unknown_id not in ids
    assert [tokenizer.encode([word])[0].tolist() for word in words(text)] == [[i] for i in ids]


def test_words_between_spaces():
    tokens = FITTED["whitespace"].tokens
    assert tokens("THE  cat's\tit? a,b ＡＢＣ\n") == ["the", "cat's", "it?", "<unk>", "abc"]
    assert tokens("<pad> ＜pad＞ <unk>") == ["< pad>", "< pad>", "< unk>"]  # a name of a special token is a word
    plain = Whitespace(lowercase=False, nfkc=False, min_frequency=1).fit(["The ＡＢＣ\u3000don’t"])
    assert plain.tokens("The the ＡＢＣ\u3000don’t ABC") == ["The", "<unk>", "ＡＢＣ\u3000don’t", "<unk>"]
    assert Whitespace(max_size=3).fit(["c c c b b a a"]).vocabulary == ["<pad>", "<unk>", "c"]


def test_frequencies_and_sizes():
    texts = ["c c c b b a a z"]
    assert Word().fit(texts).vocabulary == ["<pad>", "<unk>", "c", "a", "b"]
    assert Word(max_size=3).fit(texts).vocabulary == ["<pad>", "<unk>", "c"]
    assert Character(max_size=4).fit(texts).vocabulary == ["<pad>", "<unk>", " ", "c"]
    assert ChineseWord(max_size=3).fit(texts).vocabulary == ["<pad>", "<unk>", "c"]
    assert BytePair(size=258).fit(texts).size == 258
    assert BytePair(size=260).fit(["hello hello hello"]).size == 260


def test_characters_keep_everything():
    tokenizer = Character(nfkc=False, min_frequency=1).fit(["aB  \n\té😀"])
    assert tokenizer.tokens("B  \n\t😀a") == ["B", " ", " ", "\n", "\t", "😀", "a"]


def test_byte_pairs_know_every_byte():
    tokens = FITTED["byte_pair"].tokens("the 龍")
    assert tokens[0] == "Ġthe"
    assert "<unk>" not in tokens


def test_chinese_words():
    tokens = FITTED["chinese_word"].tokens
    assert tokens("我们喜欢isn't云计算 the  平台\n。") == ["我们", "喜欢", "isn't", "云", "计算", "the", "平台", "。"]
    assert "云" in FITTED["chinese_word"].vocabulary
    assert tokens("ＡＢＣ") == ["abc"]


def test_a_user_dictionary_travels_with_the_tokenizer(tmp_path):
    path = tmp_path / "words.txt"
    words = ["云计算平台", "约翰·史密斯", "A/B测试", "台中", "OpenAI云"]
    path.write_text("\ufeff云计算平台 5 n\n\n约翰·史密斯\nA/B测试 3\n台中\r\nOpenAI云\n", encoding="utf-8")
    text = "我们在云计算平台工作，约翰·史密斯做A/B测试，「台中」正确，用OpenAI云。"
    tokenizer = ChineseWord(min_frequency=1, user_dictionary=str(path)).fit([text])
    path.unlink()
    again = Tokenizer.from_json(tokenizer.to_json())
    for word in words:
        assert word.lower() in again.tokens(text)
    assert again == tokenizer
    assert tokenizer != ChineseWord(min_frequency=1).fit([text])


def test_a_recipe_prints_what_it_is_made_of(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("云计算", encoding="utf-8")
    first, again = (ChineseWord(user_dictionary=str(path)) for _ in range(2))
    path.write_text("平台", encoding="utf-8")
    other = ChineseWord(user_dictionary=str(path))
    assert str(vars(first)) == str(vars(again)) != str(vars(other))


@pytest.mark.parametrize("word", ["<pad>", "<UNK>", "＜pad＞"])
def test_a_user_dictionary_without_special_tokens(tmp_path, word):
    path = tmp_path / "words.txt"
    path.write_text(f"好\n{word}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"words\.txt:2: .* is the name of a special token"):
        ChineseWord(user_dictionary=str(path))


def test_a_user_dictionary_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match="there is no such file"):
        ChineseWord(user_dictionary=str(tmp_path / "words.txt"))
    (tmp_path / "words.txt").write_bytes("好".encode("gb18030"))
    with pytest.raises(DataError, match=r"words\.txt:1: byte 0xba"):
        ChineseWord(user_dictionary=str(tmp_path / "words.txt"))


def test_rjieba_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "rjieba", None)
    saved = FITTED["chinese_word"].to_json()
    for build in (ChineseWord, lambda: Tokenizer.from_json(saved)):
        with pytest.raises(ConfigError, match=r'pip install "recurra\[zh\]"'):
            build()


def damaged(change):
    parts = json.loads(FITTED["word"].to_json())
    change(parts)
    return json.dumps(parts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        json.dumps(json.loads(FITTED["word"].to_json())["tokenizer"]),
        damaged(lambda parts: parts.pop("tokenizer")),
        damaged(lambda parts: parts.pop("segmenter")),
        damaged(lambda parts: parts.update(segmenter={"foreign": 1})),
        damaged(lambda parts: parts.update(segmenter=[1])),
        damaged(lambda parts: parts.update(tokenizer={"model": {}})),
        damaged(lambda parts: parts["tokenizer"]["model"]["vocab"].update({"new": 99999})),
        damaged(lambda parts: parts["tokenizer"]["model"]["vocab"].pop("<pad>")),
        damaged(lambda parts: parts["tokenizer"]["model"].update(vocab={})),
    ],
)
def test_a_foreign_or_broken_tokenizer_is_refused(text):
    with pytest.raises(CheckpointError, match="The tokenizer is"):
        Tokenizer.from_json(text)


@pytest.mark.parametrize("option", ["word", "whitespace", "char", "bpe", "chinese_word"])
def test_options_say_what_the_signatures_say(option):
    path = Path(__file__).parents[2] / "conf" / "tokenizer" / f"{option}.yaml"
    assert path.read_text(encoding="utf-8").startswith("# ")
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    recipe = getattr(tokenizers, values.pop("_target_").removeprefix("recurra.text.tokenizers."))
    assert values == {name: value.default for name, value in signature(recipe).parameters.items()}


def test_the_text_floor_knows_no_torch():
    code = (
        "import sys, recurra.text.corpus, recurra.text.vectors, recurra.text.readers, recurra.text.tokenizers\n"
        "print([name for name in ('torch', 'lightning', 'datasets', 'rjieba', 'pyarrow') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"

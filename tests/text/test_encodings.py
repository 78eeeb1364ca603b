"""Bytes to lines: every encoding, every mistake."""

import io

import pytest

from recurra.errors import ConfigError, DataError
from recurra.text.readers.encodings import check_encoding, decoded_lines


def lines(content, encoding="utf-8"):
    return list(decoded_lines(io.BytesIO(content), "f.txt", encoding))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf8_with_and_without_a_mark(mark):
    assert lines(mark + "é好\r\nb".encode()) == ["é好\r\n", "b"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5", "cp037"])
def test_other_encodings(codec):
    text = "上\nabc\n一 ਊ\n".replace("ਊ", "" if codec in {"big5", "cp037"} else "ਊ")  # U+0A0A has two bytes 0x0A
    if codec == "cp037":
        text = "x\nabc\n"
    assert "".join(lines(text.encode(codec), codec)) == text
    assert len(lines(text.encode(codec), codec)) == text.count("\n")


def test_lines_of_utf16_across_chunks():
    text = "".join(f"{'ਊ' * (n % 90)}{n}\n" for n in range(4000))
    assert "".join(lines(text.encode("utf-16"), "utf-16")) == text


def test_a_wrong_byte_is_told_and_reading_goes_on():
    first, error, last = lines("ok\n很好\nend".encode("gb18030"))
    assert (first, last) == ("ok\n", "end")
    assert isinstance(error, DataError)
    assert str(error).startswith("f.txt:2: byte 0xba at position 1 of the line is not utf-8.")
    assert "data.encoding=gb18030" in str(error)


def test_no_encoding_is_suggested_that_does_not_fit():
    (error,) = lines(b"caf\xe9 noir\n")
    assert "data.encoding=NAME" in str(error)
    assert "gb18030" not in str(error)


@pytest.mark.parametrize(("codec", "cure"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")])
def test_nul_bytes_show_utf16_without_a_mark(codec, cure):
    error = lines("hello world\n".encode(codec))[0]
    assert "f.txt:1" in str(error)
    assert f"data.encoding={cure}" in str(error)


def test_a_foreign_mark_is_told():
    (error,) = lines("a\nb\n".encode("utf-16"))
    assert "data.encoding=utf-16" in str(error)
    assert "f.txt:1" in str(error)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_auto(codec):
    assert lines("中文，很好\n第二\n".encode(codec), "auto") == ["中文，很好\n", "第二\n"]


def test_auto_gives_up_with_the_line():
    (error,) = lines(b"ok\nabc\xff\xff\n", "auto")
    assert str(error).startswith("f.txt:2: byte 0xff is neither UTF-8 nor gb18030")


@pytest.mark.parametrize("name", ["utf8x", "hex", "", "a\0b"])
def test_unknown_encodings(name):
    with pytest.raises(ConfigError, match="There is no encoding"):
        check_encoding(name)


def test_unknown_encoding_has_a_neighbour():
    with pytest.raises(ConfigError, match="Did you mean 'gb18030'"):
        check_encoding("gb18031")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PAR1\x15\x04", "Parquet"),
        (b"PK\x03\x04\x14\x00", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"%PDF-1.7", "PDF"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(content, kind):
    (error,) = lines(content)
    assert isinstance(error, DataError)
    assert kind in str(error)

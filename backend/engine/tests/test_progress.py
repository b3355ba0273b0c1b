from itertools import groupby

import pytest

from engine.progress import OutputScanner, Progress, Source, parse_file

UP = "\x1b[A"


def bar(percent: int, name: str = "") -> str:
    return f"\r{name}{percent:3d}%|{'█' * (percent // 10):10}| {percent}/100 [00:01<00:02, 3.0it/s]"


def fed(*pieces: str) -> list[tuple[Source, int]]:
    """What is heard of each piece; the same again is left out."""
    scanner = OutputScanner()
    heard = [scanner.feed(piece.encode()) for piece in pieces]
    said = [(news[0], news[1].percent) for news in heard if news]
    return [news for news, _ in groupby(said)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", Progress(42)),
        ("42\n", Progress(42)),
        ("42%", Progress(42)),
        ("42 reading  the\tfiles", Progress(42, "reading the files")),
        ("42.9 almost", Progress(42, "almost")),
        ("0.42", Progress(42)),
        ("0.29", Progress(29)),
        (".5", Progress(50)),
        ("1.0", Progress(100)),
        ("1", Progress(1)),
        ("0", Progress(0)),
        ("100", Progress(100)),
        ("140", Progress(100)),
        ('{"progress": 42, "message": "half"}', Progress(42, "half")),
        ('{"progress": 0.42}', Progress(42)),
        ('{"progress": 42, "message": null}', Progress(42)),
        ("42 a\x00b", Progress(42, "a\N{REPLACEMENT CHARACTER}b")),
    ],
)
def test_what_the_file_may_say(text: str, expected: Progress) -> None:
    assert parse_file(text.encode()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "-3",
        "NaN",
        "4 2x"[1:] + "%",
        '{"progress": "half"}',
        '{"progress": NaN}',
        '{"progr',
        "[42]",
        "1e99",
    ],
)
def test_what_is_not_understood_is_no_progress(text: str) -> None:
    assert parse_file(text.encode()) is None


def test_what_is_not_utf8_does_no_harm() -> None:
    assert parse_file(b"42 \xff") == Progress(42, "\N{REPLACEMENT CHARACTER}")


def test_a_long_message_is_cut() -> None:
    found = parse_file(b"1 " + b"x" * 4000)
    assert found is not None
    assert len(found.message) == 500


def test_a_line_is_heard_once_it_is_whole() -> None:
    assert fed("working\n::progress 4", "2 half way::", "\nmore\n") == [(Source.LINE, 42)]


def test_the_newest_line_counts() -> None:
    assert fed("::progress 10::\n::progress 20::\n") == [(Source.LINE, 20)]


def test_a_line_is_better_than_a_bar() -> None:
    assert fed(f"::progress 10::\n{bar(70)}") == [(Source.LINE, 10)]


def test_a_line_among_other_text_is_none() -> None:
    assert fed("see ::progress 10:: there\n", "::progress::\n", "::progress x::\n") == []


def test_bars_are_heard_as_they_are_drawn() -> None:
    assert fed(bar(0), bar(10), bar(20) + bar(30)) == [(Source.BAR, 0), (Source.BAR, 10), (Source.BAR, 30)]


def test_a_bar_has_its_name_and_numbers_as_message() -> None:
    heard = OutputScanner().feed(bar(40, "Training: ").encode())
    assert heard == (Source.BAR, Progress(40, "Training: 40/100 [00:01<00:02, 3.0it/s]"))


def test_the_outer_of_nested_bars_counts() -> None:
    inner = "\n{}" + UP
    assert fed(
        bar(10, "epochs: ") + inner.format(bar(90, "steps: ")),
        bar(20, "epochs: "),
        inner.format(bar(5, "steps: ")),
    ) == [(Source.BAR, 10), (Source.BAR, 20)]


def test_an_inner_bar_whose_end_comes_later_is_still_inner() -> None:
    assert fed(bar(10, "epochs: "), "\n" + bar(90, "steps: "), UP + bar(20, "epochs: ")) == [
        (Source.BAR, 10),
        (Source.BAR, 20),
    ]


def test_one_bar_after_another_counts() -> None:
    assert fed(bar(100) + "\n", bar(5)) == [(Source.BAR, 100), (Source.BAR, 5)]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    scanner = OutputScanner()
    assert scanner.feed(b"\xff\xfe 50%|\x80 \n") is None
    assert scanner.feed(b"::progress 3::\n") == (Source.LINE, Progress(3))


def test_an_endless_line_is_not_kept() -> None:
    scanner = OutputScanner()
    for _ in range(100):
        assert scanner.feed(b"x" * 65536) is None
    assert len(scanner._rest) <= 4096

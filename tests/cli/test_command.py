import pytest

from therapymail.cli import app, entry
from therapymail.cli.commands import search, tagging


def words_of(
    arguments: list[str], module: object, verb: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[str | list[str], int]:
    """What a command's words were read as: the value that its verb would have got."""
    heard: list[object] = []

    class Heard(Exception):
        pass

    def listen(*values: object) -> None:
        heard.extend(values)
        raise Heard

    around = type("Any", (), {"unlocked": lambda _self: None, "plain": False})()
    monkeypatch.setattr(module, "surroundings", lambda _context: around)
    monkeypatch.setattr(verb, listen)
    code = entry.run(arguments)
    values = [each for each in heard if not callable(each)]  # a search also takes what is to hear how far it is
    return values[-1] if values else [], code  # type: ignore[return-value]  # what the verb takes


@pytest.mark.parametrize("tag", ["-work", "-nothere", "-hope", "-h/x", "-größe", "-the-past"])
def test_a_tag_is_taken_away_whatever_letters_it_has(tag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changes, _ = words_of(
        ["tag", "HERON-7", "+grief", tag], tagging, "therapymail.practice.tag.tag_letter", monkeypatch
    )
    assert changes == ["+grief", tag]


@pytest.mark.parametrize("left_out", ["-house", "-nothing", "-tag:hope", '-"the house"', "-(house OR home)"])
def test_a_search_leaves_a_word_out_whatever_letters_it_has(left_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request, _ = words_of(
        ["search", "garden", left_out, "-n5"], search, "therapymail.practice.find.search_everything", monkeypatch
    )
    assert (request.text, request.limit) == (f"garden {left_out}", 5)  # type: ignore[union-attr]  # a SearchRequest


def test_help_is_still_asked_for_by_its_letter(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["tag", "-h"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_help_speaks_no_programmers_words(capsys: pytest.CaptureFixture[str]) -> None:
    for name in app.COMMANDS:
        assert entry.run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "<" not in shown.replace("<tls|starttls>", "").replace("<password|xoauth2|oauthbearer>", "").replace(
        "<date|relevance>", ""
    ).replace("<week|month|year>", "").replace("- < ", "")
    assert "{" not in shown


def test_the_help_of_a_group_says_what_its_commands_do_in_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    for group in app.build().registered_groups:
        assert entry.run([str(group.name), "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Go on writing a note: one that was begun" in shown
    assert "..." not in shown.replace("[ARGS]...", "")


def test_a_number_s_range_stands_in_the_error_and_not_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["today"], ["search"], ["note", "add"]):
        assert entry.run([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "x>=" not in shown
    assert "<=x" not in shown
    assert "[default: 0]" in shown


def test_no_line_of_help_is_wider_than_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    built = app.build()
    groups = {group.name: group.typer_instance for group in built.registered_groups}
    for name in app.COMMANDS:
        group = groups.get(name)
        subs = [[name, str(sub.name)] for sub in group.registered_commands] if group else [[name]]
        for words in subs:
            assert entry.run([*words, "--help"]) == 0
    for group_name in groups:
        assert entry.run([str(group_name), "--help"]) == 0
    wide = [line for line in capsys.readouterr().out.splitlines() if len(line) > 80]
    assert not wide


def test_the_outline_says_what_the_commands_say_and_in_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    built = app.build()
    said = {str(command.name): getattr(command.callback, "__doc__", "") for command in built.registered_commands}
    said |= {str(group.name): str(group.typer_instance.info.help) for group in built.registered_groups}  # type: ignore[union-attr]  # made with one
    assert {name: text.strip().partition("\n")[0] for name, text in said.items()} == app.OUTLINE
    assert entry.run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.partition("Commands:")[2]
    listed = [line.split()[0] for line in shown.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert listed[: len(app.COMMANDS)] == list(app.COMMANDS)

"""An operator's own file: what it adds, replaces and removes, and how a wrong one is refused."""

import json
from datetime import date
from pathlib import Path

import pytest

from service.__main__ import main
from service.app import create_app
from service.errors import HelpError
from service.help import load
from service.settings import Settings

TODAY = date(2026, 11, 28)
ENTRY = """
[[hotline]]
id = "{id}"
country = "{country}"
kind = "migrant_workers"
name = "Example line"
organisation = "Example ministry"
numbers = ["555 0100"]
source = {{ organisation = "Example ministry", title = "contact page", address = "{address}" }}
checked = {checked}
"""


def entry(
    id_: str = "la-example", country: str = "LA", address: str = "https://example.org/contact",
    checked: str = "2026-11-01",
) -> str:  # fmt: skip
    return ENTRY.format(id=id_, country=country, address=address, checked=checked)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.toml"


def test_an_entry_of_yours_is_added(own: Path) -> None:
    own.write_text(entry())
    assert "LA" in load().without_help()
    book = load(own)
    assert [one.id for one in book.help_for("LA", "en", TODAY).hotlines] == ["la-example"]
    assert len(book.entries()) == len(load().entries()) + 1


def test_a_country_of_yours_is_offered(own: Path) -> None:
    own.write_text('countries = ["SE"]\n' + entry("fj-example", "FJ"))
    assert {"SE", "FJ"} <= set(load(own).countries())
    assert load(own).help_for("SE", "en", TODAY).empty is not None


def test_an_entry_of_yours_replaces_the_one_with_its_id(own: Path) -> None:
    own.write_text(entry("vn-111", "VN"))
    (shown,) = load(own).help_for("VN", "en", TODAY).hotlines
    assert shown.numbers == ("555 0100",)
    assert len(load(own).entries()) == len(load().entries())


def test_an_entry_of_ours_is_removed(own: Path) -> None:
    own.write_text('remove = ["vn-111"]\n')
    assert load(own).help_for("VN", "en", TODAY).hotlines == ()


def test_yours_can_stand_alone(own: Path) -> None:
    own.write_text("shipped = false\n" + entry())
    book = load(own)
    assert book.countries() == ("LA",)
    assert [one.id for one in book.entries()] == ["la-example"]


WRONG = {
    "no source": (
        entry().replace("source =", "sources ="), ["hotline 'la-example' source", "required"]
    ),
    "no date": (entry().replace("checked =", "# "), ["hotline 'la-example' checked"]),
    "no address": (entry(address="here"), ["hotline 'la-example' source address"]),
    "no such country": (entry(country="XX"), ["hotline 'la-example' country", "ISO 3166-1"]),
    "no such kind": (entry().replace("migrant_workers", "friends"), ["'la-example' kind"]),
    "letters in a number": (entry().replace("555 0100", "call me"), ["'la-example' numbers 1"]),
    "no number": (
        entry().replace("numbers", "hours").replace('["555 0100"]', '"24/7"'), ["`from_abroad`"]
    ),
    "read before it was published": (
        entry().replace('contact"', 'contact", published = 2026-11-02'), ["`checked` is before"]
    ),
    "an id twice": (entry() + entry(), ["twice", "la-example"]),
    "an entry without id": (entry().replace("id =", "name_ ="), ["hotline 1 id"]),
    "no such field": ("colour = 1\n", ["colour", "no such field; allowed here: `shipped`"]),
    "a slip in a field": (
        entry() + 'hour = "24/7"\n', ["'la-example' hour: ", "did you mean `hours`?"]
    ),
    "both entries of an id": (
        entry(country="XX") + entry(country="YY"), ["(number 1) country", "(number 2) country"]
    ),
    "removes what is not there": ('remove = ["xx-none"]\n', ["remove", "xx-none"]),
    "no TOML": ("[[hotline\n", ["no TOML"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_entry_and_field(name: str, own: Path) -> None:
    content, words = WRONG[name]
    own.write_text(content)
    with pytest.raises(HelpError) as refused:
        load(own)
    assert str(refused.value).startswith(f"{own}: ")
    for word in words:
        assert word in str(refused.value)


def test_a_file_that_is_not_there_is_refused(own: Path) -> None:
    with pytest.raises(HelpError, match="No such file"):
        load(own)


def test_the_service_reads_it_at_the_start(own: Path) -> None:
    own.write_text(entry())
    settings = Settings(help_file=own)
    assert create_app(settings).state.help_book.help_for("LA", "en", TODAY).hotlines
    own.write_text("colour = 1\n")
    with pytest.raises(HelpError):
        create_app(settings)


def test_the_command_lists_what_is_old_undated_or_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["help", "check", "--today", "2026-09-21"]) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    told = {line["id"]: line["state"] for line in lines if "id" in line}
    assert told["vn-111"] == "stale"
    assert told["au-afp"] == "undated"
    assert "cn-12308" not in told
    assert {line["country"] for line in lines if line["state"] == "empty"} == set(
        load().without_help()
    )
    assert f"{len(load().stale(date(2026, 9, 21)))} old" in err
    assert main(["help", "check", "--today", "2026-09-20"]) == 0
    before = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "vn-111" not in {line.get("id") for line in before}


def test_the_command_can_fail_on_old_entries(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUREWATCH_HELP_FILE", str(own))
    own.write_text("shipped = false\n" + entry())
    assert main(["help", "check", "--today", "2027-11-01", "--strict"]) == 0
    assert main(["help", "check", "--today", "2027-11-02", "--strict"]) == 1
    own.write_text(entry(country="XX"))
    assert main(["help", "check", "--today", "2027-11-01"]) == 2
    assert "country" in capsys.readouterr().err

"""The tokeniser that is served cuts as the one that training reads."""

from pathlib import Path

import pytest

from models import bundle
from models.ad import Ad
from models.errors import BundleDamaged
from models.pieces import Pieces
from models.rendering import render
from models.tokenization import Tokenizer, from_json, special_pieces
from tests.conftest import TinyRun
from training import pieces
from training.corpus import loaders
from training.errors import ExportError

ODD = (
    "two  spaces,\n\nlines\t and tabs",
    "ends in a space ",
    "ends in a line\n",
    "ﬁne ½ ① ㈱ Ⅷ",
    "🚮🩀 \U000c4e05 ໑ᆒ፪",
    "a\u200bb\u0301c\u0000d",
    "招聘客服 包吃住　机票公司出",
    "የሥራ ማስታወቂያ",
    "x",
)


@pytest.fixture(scope="module")
def read_in_training() -> Tokenizer:
    return from_json(bundle.unpack_tokenizer(bundle.champion() / bundle.TOKENIZER))


@pytest.fixture(scope="module")
def served() -> Pieces:
    content = bundle.unpack_tokenizer(bundle.champion() / bundle.TOKENIZER)
    made = pieces.from_json(content)
    assert made is not None
    return Pieces(made)


def test_the_same_pieces_at_the_same_places(served: Pieces, read_in_training: Tokenizer) -> None:
    texts = [row.text for row in loaders.written()[::40]]
    assert len(texts) > 300
    ties = 0
    for text in (*texts, *ODD):
        rendered = render(Ad(text)).text
        expected = read_in_training.encode(rendered, add_special_tokens=False)
        given = served.encode(rendered)
        if given.ids != list(expected.ids):  # two ways to cut a word are as likely as each other
            assert text not in ODD
            ties += 1
            continue
        assert given.offsets == [tuple(place) for place in expected.offsets], text
    assert ties <= len(texts) / 200


def test_special_pieces_are_known_and_never_read_from_a_text(
    served: Pieces, read_in_training: Tokenizer
) -> None:
    assert special_pieces(served) == special_pieces(read_in_training)
    control = {served.token_to_id(piece) for piece in ("<s>", "</s>", "<pad>", "<mask>")}
    assert len(control) == 4
    assert None not in control
    assert not control & set(served.encode("a </s> <s> b <mask> </s></s>").ids)
    assert served.token_to_id("no such piece") is None


def test_nothing_is_no_piece(served: Pieces) -> None:
    assert served.encode("").ids == []


def test_another_kind_of_tokeniser_has_no_smaller_form(tiny_run: TinyRun) -> None:
    assert pieces.from_json(bundle.unpack_tokenizer(tiny_run.bundle / bundle.TOKENIZER)) is None


def test_slim_json_cuts_alike(read_in_training: Tokenizer) -> None:
    given = bundle.unpack_tokenizer(bundle.champion() / bundle.TOKENIZER)
    slim = pieces.slim(given)
    assert pieces.slim(slim) == slim
    again = from_json(slim)
    for text in ODD:
        rendered = render(Ad(text)).text
        cut = [
            list(one.encode(rendered, add_special_tokens=False).ids)
            for one in (again, read_in_training)
        ]
        assert cut[0] == cut[1]
    assert pieces.from_json(slim) == pieces.from_json(given)


def test_a_bundle_of_before_is_served_and_packed(tmp_path: Path) -> None:
    champion, before, out = bundle.champion(), tmp_path / "before", tmp_path / "out"
    manifest = bundle.read_manifest(champion)
    contents = {name: (champion / name).read_bytes() for name in manifest.files}
    plain = bundle.unpacked(champion / bundle.PIECES)
    del contents[bundle.PIECES]
    contents[bundle.PLAIN_PIECES] = plain
    files = {name: bundle.entry_of(content) for name, content in contents.items()}
    bundle.put(before, contents, manifest.model_copy(update={"files": files, "format": 4}))
    assert isinstance(bundle.load(before).tokenizer, Pieces)
    assert pieces.add(before, out).format == bundle.FORMAT
    assert {path.name for path in out.iterdir()} == {*manifest.files, bundle.MANIFEST}
    assert bundle.unpacked(out / bundle.PIECES) == plain
    assert isinstance(bundle.load(out).tokenizer, Pieces)
    with pytest.raises(ExportError, match="has it already"):
        pieces.add(out, tmp_path / "again")


def test_pieces_that_unpack_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_TOKENIZER_BYTES", 1000)
    with pytest.raises(BundleDamaged, match=r"tokenizer.model.gz unpacks to more than 1000 bytes"):
        bundle.load(bundle.champion())

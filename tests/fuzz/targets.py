"""What is fuzzed: each part takes any bytes, and raises where it breaks a promise.

What a part refuses it refuses by an error of its own; that is no finding.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BufferedReader, BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from models import bundle
from models.ad import MAX_TEXT_CHARS, MAX_TITLE_CHARS, Ad
from models.evasion import evasions
from models.renderer import NEWEST
from models.rendering import RENDERINGS, is_blank, render
from service import clients, foreign, request_ids
from service.api.reviewing import FeedbackRequest, QueueQuery
from service.api.schemas import AdIn, LineError
from service.backfill.columns import Columns
from service.backfill.errors import BackfillError
from service.backfill.lines import Lines
from service.backfill.records import Records
from service.backfill.rows import Bad, csv_rows, header, json_rows
from service.backfill.source import File
from service.console import forms as console_forms
from service.console.shift import opened as opened_shift
from service.entities import EntityType, find
from service.errors import CoopError, RequestError
from service.exchange import batches
from service.incidents.shapes import IncidentIn
from service.indicators import languages, pick
from service.integrations import coop, coop_mapping, tei
from service.integrations.coop_words import ignored
from service.integrations.html_text import html_text
from service.integrations.label_studio import api as label_studio
from service.integrations.label_studio.annotations import Reader, Skipped
from service.integrations.label_studio.controls import ConfigError
from service.integrations.label_studio.controls import read as read_config
from service.integrations.label_studio.exported import annotations_of
from service.integrations.label_studio.shapes import Hook, PredictRequest
from service.integrations.label_studio.tasks import Refused, shown_in
from service.integrations.openai import ads_in
from service.integrations.openai_shapes import ModerationRequest
from service.integrations.perspective import known_only, wanted_of
from service.integrations.perspective_shapes import AnalyzeRequest, SuggestRequest
from service.integrations.perspective_suggestions import value_of
from service.integrations.perspective_texts import read as read_comment
from service.integrations.pigeon import ClassifyRequest
from service.language import detect
from service.lines import Splitter, read_line
from service.pages import forms as page_forms
from service.pages.context import region_of
from service.pages.marking import Mark, pieces
from service.platforms.mapping import MappingError
from service.platforms.mapping import load as load_mapping
from service.platforms.seen import BadEvent
from service.policy.errors import Refused as PolicyRefused
from service.policy.load import DEFAULT, parse
from service.problems import as_problem_json, validation_problem
from service.redaction import PLACEHOLDERS
from service.reports.codes import NoCode
from service.reports.codes import read as read_code
from service.reports.pages import place_after
from service.reports.shapes import Addition, Said
from service.review.places import parse as parse_place
from service.review.subject import given_along
from service.settings import Settings
from service.statements.action import Action
from service.store import Vault
from service.stream.envelope import Poison
from service.stream.envelope import read as read_message
from service.stream.message import Message, Place, Topics
from service.stream.results import forms as forms_of
from service.submissions.request import arrival
from service.submissions.shapes import SubmissionRequest
from service.webhooks.schedule import parsed as parsed_pause
from service.webhooks.targets import Targets
from tests.fuzz.texts import PIECES, text_of
from tests.service import labelling
from tests.service.platforms.given import MAPPING, NAMES, events, made

FOLDER = Path(tempfile.gettempdir())
VAULT = Vault(bytes(range(32)))
AT = datetime(2026, 11, 28, tzinfo=UTC)
HOME = Settings()
LURE = "Fly out to Siem Reap, free ticket and visa, ask +1 202 555 0147 or okapi@example.com"


@dataclass(frozen=True, slots=True)
class Part:
    """One of them."""

    name: str
    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    share: int = 1
    """Of the inputs, beside the others': what reads much, or costs little, gets more."""


PARTS: dict[str, Part] = {}


def part(
    *seeds: Any, share: int = 1
) -> Callable[[Callable[[bytes], object]], Callable[[bytes], object]]:
    """Enters a function by its name. A seed that is no bytes is a text, or becomes JSON."""

    def entered(run: Callable[[bytes], object]) -> Callable[[bytes], object]:
        name = run.__name__.replace("_", " ")
        PARTS[name] = Part(name, run, tuple(map(as_bytes, seeds)), share)
        return run

    return entered


def as_bytes(seed: Any) -> bytes:
    """See :func:`part`."""
    if isinstance(seed, bytes):
        return seed
    return seed.encode() if isinstance(seed, str) else json.dumps(seed).encode()


def ad_of(data: bytes) -> Ad:
    """Text, and behind a form feed each a title and turns; the second turn is the reader's own."""
    text, *more = text_of(data)[:MAX_TEXT_CHARS].split("\f")
    return Ad(text, "".join(more[:1])[:MAX_TITLE_CHARS], tuple(more[1:9]), own=frozenset({1}))


def fields_of(ad: Ad) -> dict[str, str]:
    """What was received, by the names that places have."""
    turns = {f"thread/{i}": turn for i, turn in enumerate(ad.thread)}
    return {"text": ad.text, "title": ad.title, **turns}


TEXTS = (LURE, *PIECES, "title\fone\ftwo\fthree", "\u202ekrow\u202c here\f🅵🆁🅴🅴\f\u200bv\u200bisa")


@part(*TEXTS, share=12)
def rendering(data: bytes) -> None:
    """Every character of the result comes from somewhere, in every version, and can be encoded."""
    ad = ad_of(data)
    received = fields_of(ad)
    for version in RENDERINGS:
        rendered = render(ad, version)
        rendered.text.encode()
        for i in range(0, len(rendered.text), 1 + len(rendered.text) // 200):
            for place in rendered.locate(i, i + 1):
                length = len(received[place.field])
                assert 0 <= place.start < place.end <= length, (version, i)
        whole = rendered.locate(0, len(rendered.text))
        assert len({place.field for place in whole}) == len(whole)
    is_blank(ad)


@part(*TEXTS, share=6)
def disguises(data: bytes) -> None:
    """Named without an error, and none where nothing was undone."""
    text = text_of(data)
    found = evasions(text)
    assert len(set(found)) == len(found)
    if render(Ad(text)).text == text:
        assert not found


@part(*TEXTS, share=6)
def entities(data: bytes) -> None:
    """Places lie inside, in order, none empty; digits of a number and letters of an address stand
    there."""
    ad = ad_of(data)
    received = fields_of(ad)
    rendered = render(ad)
    last = -1
    for one in find(rendered, ad):
        assert one.places
        assert one.value
        one.value.encode()
        for place in one.places:
            assert 0 <= place.start < place.end <= len(received[place.field])
        if one.type in (EntityType.EMAIL, EntityType.WALLET):
            there = "".join(received[place.field][place.start : place.end] for place in one.places)
            assert any(char.isalnum() for char in there)
        if one.amount is not None:
            assert one.amount.low <= one.amount.high
        begins = one.places[0]
        if begins.field == "text":
            assert begins.start >= last or "\u202e" in ad.text, "in the order of the text"
            last = begins.start


@part(*TEXTS, share=2)
def redaction(data: bytes) -> None:
    """What is kept for reviewers holds no contact that was found, and is Unicode."""
    try:
        given = AdIn(text=text_of(data)[:MAX_TEXT_CHARS])
    except ValidationError:
        return
    along = given_along(given, NEWEST)
    orjson.dumps(along.redacted.content)
    cuts = along.redacted.cuts["text"]
    assert all(one.end <= two.start for one, two in pairwise(cuts))
    assert all(cut.placeholder in PLACEHOLDERS.values() for cut in cuts)


@part(*TEXTS, "This is a sentence that is long enough to tell a language by.", share=4)
def language(data: bytes) -> None:
    """A tag and a probability, whatever the text."""
    found = detect(text_of(data))
    assert 0.0 <= found.confidence <= 1.0
    assert found.tag
    assert found.script


@part(*TEXTS, '<p class="a>b">Free <b>ticket</b> &amp; visa<br/><script>x</script', share=12)
def html(data: bytes) -> None:
    """Every character comes from somewhere, in order."""
    given = text_of(data)
    found = html_text(given)
    assert len(found.text) == len(found.sources)
    last = 0
    for start, end in found.sources:
        assert last <= start <= end <= len(given)
        last = start


@part(*TEXTS, share=3)
def marking(data: bytes) -> None:
    """The pieces of a page are the text again, in length, and hold nothing that HTML has not."""
    text = text_of(data[2:])
    numbers = [*data[:2], 0, 0]
    marks = [Mark(numbers[0] % 90 - 5, numbers[1] % 120, 1), Mark(numbers[1] % 50, len(text), 0)]
    found = pieces(text, marks)
    assert sum(len(one.text) for one in found) == len(text)
    "".join(one.text for one in found).encode()


AD = {
    "text": LURE, "id": "a", "title": "work", "platform": "social", "surface": "post",
    "language": "en", "thread": ["hi", {"text": "who is it", "role": "own"}], "author_id": "b",
    "posted_at": "2026-11-28T10:00:00Z",
}  # fmt: skip


@part(
    b"\xef\xbb\xbf" + json.dumps(AD).encode() + b"\n\n{}\r\n" + json.dumps(AD).encode(),
    '{"text": "\\ud800"}', '{"text": "a", "text": "b"}', "[" * 300, AD, share=6,
)  # fmt: skip
def lines_of_ads(data: bytes) -> None:
    """However the bytes come they are the same lines; each is an ad or told wrong in Unicode."""
    cut = data[0] if data else 0
    whole, parted = Splitter(1_000), Splitter(1_000)
    lines = [*whole.feed(data), *whole.close()]
    assert lines == [*parted.feed(data[:cut]), *parted.feed(data[cut:]), *parted.close()]
    for batch in batches(lines, 4):
        for number, line in batch:
            found = None if line is None else read_line(number, line)
            if isinstance(found, LineError):
                orjson.dumps(found.model_dump())
            elif found is not None:
                orjson.dumps(found.model_dump(mode="json"))


EVENT = {
    "specversion": "1.0", "id": "7", "source": "/boards", "type": "org.lurewatch.ad",
    "time": "2026-11-28T10:00:00Z", "data": AD,
}  # fmt: skip
DEAD = {
    **EVENT, "type": "org.lurewatch.dead-letter", "data": {
        "original": {"value": "eyJ0ZXh0IjogImEifQ==", "key": None, "headers": [["a", "Yg=="]]},
        "topic": "ads", "partition": "0", "offset": 4, "taken_at": "2026-11-28T10:00:00+00:00",
    },
}  # fmt: skip

TOPICS = Topics("ads", "decisions", "dead")


@part(EVENT, DEAD, AD, {**EVENT, "data": None, "data_base64": "eyJ0ZXh0IjogImEifQ=="}, share=5)
def events_of_streams(data: bytes) -> None:
    """An ad, or poison with a reason: as one event, and with headers that hold the same."""
    place = Place("ads", "2", 3)
    headers = (
        ("ce_specversion", b"1.0"), ("ce_id", data[:30]), ("ce_source", b"/a"),
        ("ce_type", b"org.lurewatch.ad"), ("ce_time", data[-25:]), ("content-type", data[:16]),
    )  # fmt: skip
    for more in ((), headers):
        message = Message(data, None, more, "ce_", place, AT)
        read = read_message(message, 100_000)
        found = read.content
        if isinstance(found, Poison):
            assert found.reason != "internal", "a defect"
            for letter in forms_of(read, None, TOPICS):
                orjson.loads(letter.value)
        else:
            assert found.id
            found.source.encode()
            found.time.isoformat()


@part(*(event for name in NAMES for event in events(name)), share=6)
def events_of_platforms(data: bytes) -> None:
    """What an adapter makes of an event is an ad that the service takes. Asked without the guard
    that stands around it in the service."""
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    for name in NAMES if isinstance(event, dict) else ():
        try:
            found = adapter(name).read(event)
        except BadEvent:
            continue
        for seen in found if isinstance(found, list) else ():
            AdIn.model_validate(seen.ad)
            orjson.dumps(dict(seen.place))


@cache
def adapter(name: str) -> Any:
    return made(name)


@part(MAPPING.read_bytes())
def mapping_files(data: bytes) -> None:
    """Read, or refused with the place."""
    path = FOLDER / "fuzz-mapping.yaml"
    path.write_bytes(data)
    try:
        load_mapping(path)
    except MappingError as error:
        orjson.dumps(str(error))


POLICIES = sorted(DEFAULT.parent.glob("examples/*.yaml"))


@part(DEFAULT.read_bytes(), *(path.read_bytes() for path in POLICIES))
def policy_files(data: bytes) -> None:
    """Read, or refused with lines."""
    try:
        parse(data, "fuzz.yaml", points())
    except PolicyRefused as error:
        orjson.dumps(str(error))


@cache
def points() -> Sequence[Any]:
    return bundle.load(bundle.champion()).calibration.operating_points


COOP_MAPPING = """version: 1
item_types: [post]
actions:
  "8d1f": {kind: lure}
  "5e0b": {of_policies: true}
policies:
  "c29a": {kind: lure, harms: [task_based_job_scam]}
appeals:
  accepted: {kind: recruitment}
"""


@part(COOP_MAPPING)
def mappings_of_coop(data: bytes) -> None:
    """Read, or refused with lines."""
    path = FOLDER / "fuzz-coop.yaml"
    path.write_bytes(data)
    try:
        coop_mapping.load(path)
    except CoopError as error:
        orjson.dumps(str(error))


COOP_ACTION = {
    "item": {"id": "post-1", "typeId": "post"}, "action": {"id": "8d1f"},
    "policies": [{"id": "c29a"}], "rules": [], "actorEmail": "moderator@example.org",
}  # fmt: skip
COOP_APPEAL = {
    "appealId": "a", "item": {"id": "post-1", "typeId": "post"}, "appealDecision": "ACCEPT",
}  # fmt: skip


@part(COOP_ACTION, COOP_APPEAL, share=2)
def callbacks_of_coop(data: bytes) -> None:
    """Taken, or refused by name."""
    try:
        callback = coop.parsed(data)
    except RequestError:
        return
    except RequestValidationError as error:
        refused(error.errors())
        return
    ignored(callback, mapping_of_coop())


@cache
def mapping_of_coop() -> coop_mapping.Mapping:
    path = FOLDER / "fuzz-coop-good.yaml"
    path.write_text(COOP_MAPPING, "utf-8")
    return coop_mapping.load(path)


@part(labelling.CONFIG, '<View><Text name="t" value="$t"/><Choices name="c" toName="t"/></View>')
def labelling_configurations(data: bytes) -> None:
    """Read, or refused in words."""
    try:
        read_config(text_of(data))
    except ConfigError as error:
        str(error).encode("utf-8", "surrogatepass")


SAID = labelling.annotation(
    7, labelling.chosen("kind", "lure"), labelling.marked(LURE, "free ticket"),
    prediction=labelling.prediction(),
)  # fmt: skip
TASK = labelling.task({"text": LURE, "ad": {"text": LURE}, "ad_id": "ad_" + "0" * 32}, SAID)
MIN = {
    "id": 3, "text": LURE, "annotation_id": 9, "annotator": 1, "kind": "lure",
    "indicators": [{"start": 0, "end": 3, "text": LURE[:3], "labels": ["all_costs_covered"]}],
    "updated_at": "2026-11-28T10:00:00Z",
}  # fmt: skip


@part(TASK, MIN, share=4)
def annotations(data: bytes) -> None:
    """Words of reviewers, or refused in words; of an export, and as a webhook has them."""
    entry = loaded(data)
    try:
        pairs = [*annotations_of(entry, controls())]
    except Refused:
        return
    for said, task in pairs:
        try:
            spoken = Reader(controls(), VAULT, NEWEST).spoken(said, task)
        except (Refused, Skipped):
            continue
        orjson.dumps(spoken.word.model_dump(mode="json"))
        if spoken.said_at is not None:
            spoken.said_at.astimezone(UTC)


@cache
def controls() -> Any:
    return read_config(labelling.CONFIG)


@part(labelling.hook("ANNOTATION_CREATED", SAID, {"text": LURE}), labelling.deleted(1, 2))
def hooks_of_label_studio(data: bytes) -> None:
    """Taken apart, or refused by name."""
    given = validated(Hook, data)
    if given is not None:
        label_studio.pairs(given)


@part({"tasks": [{"data": {"text": LURE, "ad": {"text": LURE}}}], "label_config": "<View/>"})
def tasks_of_label_studio(data: bytes) -> None:
    """Shown, or refused in words."""
    given = validated(PredictRequest, data)
    for task in given.tasks if given else ():
        try:
            shown = shown_in(task.data, "text")
            shown.data("text")
            list(shown.pieces(0, len(shown.text)))
        except Refused as error:
            orjson.dumps(str(error))


def loaded(data: bytes) -> Any:
    """As the framework reads a body; nothing where it refuses it."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def validated(shape: type[BaseModel], data: bytes) -> Any:
    """The request in a body, as the framework makes it; ``None`` where it is refused."""
    try:
        return shape.model_validate(loaded(data))
    except ValidationError as error:
        refused([{**one, "loc": ("body", *one["loc"])} for one in error.errors()])
    return None


def refused(found: Sequence[Any]) -> None:
    """The answer can be written."""
    as_problem_json(validation_problem(found))


@part({"ads": [AD, {"text": "a"}], "answer_language": "th", "webhook": "mine"}, share=3)
def submissions(data: bytes) -> None:
    """Sealed, or refused by name."""
    given = validated(SubmissionRequest, data)
    if given is not None:
        arrival(VAULT, given, [one.ad() for one in given.ads], "en", None)


WORD = {
    "feedback": [
        {
            "ad": AD, "kind": "lure", "harms": ["task_based_job_scam"], "reviewer": "ana",
            "wrong_spans": {"all_costs_covered": [{"field": "text", "start": 0, "end": 3}]},
            "missed_spans": {}, "origin": "review", "external_id": "x", "ad_id": "ad_1",
        }
    ]
}  # fmt: skip


@part(WORD, share=2)
def feedback(data: bytes) -> None:
    """Kept, or refused by name."""
    given = validated(FeedbackRequest, data)
    if given is not None:
        orjson.dumps(given.model_dump(mode="json"))


@part({"definition": "new", "examples": [LURE], "counter_examples": [{"text": "a"}]})
def incidents(data: bytes) -> None:
    """Put, or refused by name."""
    given = validated(IncidentIn, data)
    if given is not None:
        orjson.dumps(given.model_dump(mode="json"))


@part({"input": [LURE, "a"], "model": "m"}, {"input": [{"type": "text", "text": LURE}]}, share=2)
def openai_shapes(data: bytes) -> None:
    """Ads, or refused by name."""
    given = validated(ModerationRequest, data)
    if given is not None:
        protected(lambda: ads_in(given.input))


@part({"inputs": [[LURE], ["a"]], "truncate": True, "raw_scores": True}, {"inputs": LURE}, share=2)
def tei_shapes(data: bytes) -> None:
    """Ads, or refused by name."""
    given = validated(tei.PredictRequest, data)
    for i, row in enumerate(given.inputs.rows if given else ()):
        protected(lambda i=i, row=row: tei.ad_of(i, row, given))  # type: ignore[misc]


@part({"model": "lurewatch", "input": {"text": LURE, "mediaUrl": None}, "policy": None})
def pigeon_shapes(data: bytes) -> None:
    """Taken, or refused by name."""
    given = validated(ClassifyRequest, data)
    if given is not None:
        AdIn(text=given.input.text)


ANALYZE = {
    "comment": {"text": f"<p>{LURE}</p>", "type": "HTML"},
    "requestedAttributes": {"FAKE_JOB_AD": {"scoreThreshold": 0.3}}, "spanAnnotations": True,
    "context": {"entries": [{"text": "a"}]}, "languages": ["en"], "clientToken": "t",
}  # fmt: skip
SUGGEST = {
    "comment": {"text": LURE}, "communityId": "c",
    "attributeScores": {"FAKE_JOB_AD": {"summaryScore": {"value": 0.5}}},
}  # fmt: skip


@part(ANALYZE, SUGGEST, share=4)
def perspective_shapes(data: bytes) -> None:
    """Comments with places in UTF-16, or refused by name."""
    asked = validated(AnalyzeRequest, data)
    if asked is not None:
        protected(lambda: wanted_of(asked))
        protected(lambda: spanned(asked))
    said = validated(SuggestRequest, data)
    if said is not None:
        protected(lambda: known_only(set(said.attribute_scores), "/attributeScores"))
        for scores in said.attribute_scores.values():
            protected(lambda scores=scores: value_of(scores))  # type: ignore[misc]


def spanned(asked: AnalyzeRequest) -> None:
    """Every place of the text is one of the comment."""
    comment, ad = read_comment(asked.comment, asked.context, asked.languages)
    _, length = comment.whole
    for at in range(len(ad.text)):
        begin, end = comment.span(at, at + 1)
        assert 0 <= begin <= end <= length


def protected(work: Callable[[], object]) -> None:
    """Done, or refused by an error that can be written."""
    try:
        work()
    except RequestError as error:
        orjson.dumps([str(error), dict(error.extra)])


REPORT = {"what_happened": "a", "ad_text": LURE, "platform": "dating", "relation": "self"}


@part(REPORT, {**REPORT, "code": "oooo oooo oooo oooo"}, share=2)
def reports(data: bytes) -> None:
    """Sealed, or refused by name; halves of characters are no reason to refuse."""
    for shape in (Said, Addition):
        given = validated(shape, data)
        if given is not None:
            orjson.dumps(given.content())


@part(b"text=a&lang=en&what=%F0%9F%9B%AB&code=0000-0000-0000-0000&x=%ED%A0%80&=&", share=3)
def forms(data: bytes) -> None:
    """Fields in Unicode, of the pages and of the console."""
    for fields in (
        done(page_forms.form_of(request(data))),
        done(console_forms.form_of(request(data))).fields,
    ):
        orjson.dumps(fields)


def request(body: bytes, **headers: bytes) -> Request:
    """A POST with a body."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    scope = {
        "type": "http", "method": "POST", "path": "/", "query_string": body[:50], "headers": named,
        "scheme": "http", "server": ("127.0.0.1", 80),
    }  # fmt: skip
    return Request(scope, receive)


def done(work: Coroutine[Any, Any, Any]) -> Any:
    """What work that waits for nothing gives."""
    try:
        work.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


@part(
    b"th;q=0.9, en-GB, *;q=1.000", b"Basic YTpi", b"http://[::1]:8000", b"2001:db8::1, 127.0.0.1",
    b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", b"120", b"9" * 30, share=8,
)  # fmt: skip
def headers(data: bytes) -> None:
    """Whatever stands in a header."""
    given = data.decode("latin-1")
    assert pick(given) in languages()
    pick(given, given[:20])
    region_of(given)
    clients.behind(clients.parsed("127.0.0.1"), [given], clients.in_parts("") or ())  # type: ignore[arg-type]
    clients.parsed(given)
    label_studio.key_of(request(b"", authorization=b"Basic " + data))
    label_studio.key_of(request(b"", authorization=data))
    sent = request(b"", origin=data, host=data)
    foreign.from_us(sent)
    foreign.is_known(given, HOME)
    console_forms.over_tls(sent)
    request_ids.id_of(sent.headers).encode()
    parsed_pause(given, AT)
    opened_shift(given, VAULT)


@part(
    b"0000-0000-0000-0000", b"9812345.1796000000000001.ad_0123456789abcdef0123456789abcdef",
    b"2026-11-28.rep_0123456789abcdef0123456789abcdef", b"https://example.com/hook?a=b",
    b"https://[::1]:99999/", b"0" * 16, share=6,
)  # fmt: skip
def codes_and_addresses(data: bytes) -> None:
    """Read, or refused by an error of ours: codes of reporters, places in lists, addresses of
    webhooks, queries."""
    given = text_of(data)
    for work, errors in (
        (lambda: read_code(given[:64]), NoCode),
        (lambda: parse_place(given), ValueError),
        (lambda: place_after(given), ValueError),
        (lambda: Targets(True, 1.0).parsed(given), RequestError),
        (lambda: QueueQuery.model_validate({"after": given, "language": given}), ValidationError),
        (lambda: Action.model_validate({"content_date": given, "source_type": given}),
         ValidationError),
    ):  # fmt: skip
        with contextlib.suppress(errors):
            work()


TABLE = 'id,text,platform\n1,"fly, ""free""\nticket",social\n2,b\n,,\n"x",y,"z\n'


@part(TABLE, b"id\ttext\n1\ta\xff\n", json.dumps(AD) + '\n\n[1]\n{"id": 1e400}\n', share=3)
def rows_of_tables(data: bytes) -> None:
    """Ads, or what is wrong with the row, of CSV and of JSON lines."""
    columns = Columns.parse((), ())
    file = File("fuzz.csv", "csv", None, len(data), "")
    lines = Lines(BufferedReader(BytesIO(data)), 0)
    try:
        names = header(file, lines)
    except BackfillError:
        names = ("id", "text")
    again = Lines(BufferedReader(BytesIO(data)), 0)
    for row in (*csv_rows(Records(lines, file.form), names), *json_rows(again)):
        if isinstance(row, dict):
            found = columns.ad(row)
            orjson.dumps(found.reason if isinstance(found, Bad) else found.model_dump(mode="json"))
            name = columns.id_of(row)
            assert name is None or name.isprintable()

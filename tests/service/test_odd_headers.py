"""Headers that no client sends are refused or passed over; none of them is a defect."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.service.desk import desk, desk_settings


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[TestClient]:
    """With keys asked for, and the console."""
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    settings = desk_settings(url, authentication="on", data_dir=tmp_path)
    with desk(settings) as client:
        yield client


@pytest.mark.parametrize("given", [b"Basic \xe9", b"Basic =", b"Basic \xff\xfe", b"Basic gA=="])
def test_a_password_that_is_no_base64_is_no_key(asking: TestClient, given: bytes) -> None:
    answer = asking.get("/label-studio/health", headers={b"Authorization": given})
    assert answer.status_code == 401


def test_an_origin_that_is_none_is_another_site(asking: TestClient) -> None:
    answer = asking.post(
        "/review/sign-in",
        content=b"key=a",
        headers={
            "Origin": "http://[", "Host": "", "Content-Type": "application/x-www-form-urlencoded",
        },
    )  # fmt: skip
    assert answer.status_code == 403


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 5_000, b"1_0", b"+5"])
def test_a_length_that_is_no_number_is_no_defect(asking: TestClient, length: bytes) -> None:
    headers = {b"Content-Type": b"application/json", b"Content-Length": length}
    answer = asking.post("/v1/score", content=b"[]", headers=headers)
    assert answer.status_code in (401, 413, 422)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "identity, gzip"])
def test_a_compressed_body_is_refused_unread(asking: TestClient, encoding: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = asking.post("/v1/score", content=b"\x1f\x8b", headers=headers)
    assert answer.status_code == 415
    assert "Content-Encoding" in answer.json()["detail"]

"""A typed client of the service, for programs that wait and for programs that await.

    from service.client import Client

    with Client("http://127.0.0.1:8000") as client:
        for result in client.score(["Free visa, fly Thursday, no contract"]):
            print(result.decision, result.score)

It loads neither the model nor the service: httpx and pydantic are all it needs. No text of an ad
stands in its log or in its errors.
"""

from service.client.aio import AsyncClient
from service.client.answers import (
    Accepted,
    Erased,
    Model,
    QueuedAd,
    QueuePage,
    Submission,
    Taken,
    Webhook,
    WordKept,
)
from service.client.asking import Ad, AdLike, Word
from service.client.errors import (
    ClientError,
    MaybeDone,
    Problem,
    Refused,
    Unavailable,
    Unfinished,
    Unreachable,
    Unreadable,
)
from service.client.results import LineError, Result, Undecided
from service.client.sync import Client

__all__ = [
    "Accepted",
    "Ad",
    "AdLike",
    "AsyncClient",
    "Client",
    "ClientError",
    "Erased",
    "LineError",
    "MaybeDone",
    "Model",
    "Problem",
    "QueuePage",
    "QueuedAd",
    "Refused",
    "Result",
    "Submission",
    "Taken",
    "Unavailable",
    "Undecided",
    "Unfinished",
    "Unreachable",
    "Unreadable",
    "Webhook",
    "Word",
    "WordKept",
]

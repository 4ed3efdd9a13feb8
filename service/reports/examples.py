"""Requests of the OpenAPI document. Invented; the code is of nobody."""

from typing import Any

CODE = "7K3M-9PQR-2T4V-XW8E"

REPORT: dict[str, Any] = {
    "family": {
        "summary": "What became of an offer, told by a brother",
        "value": {
            "ad_text": "Chat support in a partner office, 1,600 USD, room and food free. You fly "
            "Thursday, the permit comes later.",
            "platform": "social",
            "where_seen": "a group for work abroad",
            "place": "said to be a hotel in the capital; he sent a position near a border river",
            "promised": "answering customers, eight hours a day",
            "real": "writing to strangers for fourteen hours, passports kept by the guards",
            "contact_route": "a comment, then a messenger, then a call without a picture",
            "what_happened": "My brother left in May. He may call once a week, with somebody "
            "beside him. They ask for 5,000 USD.",
            "language": "en",
            "relation": "family_or_friend",
        },
    },
    "worker": {
        "summary": "A worker who got away, in a sentence",
        "value": {
            "what_happened": "The fee for the visa became a debt that grew every month.",
            "relation": "self",
        },
    },
}

ADDITION: dict[str, Any] = {
    "more": {
        "summary": "The next day",
        "value": {"code": CODE, "what_happened": "He called: they were moved to another house."},
    }
}

WITHDRAWAL: dict[str, Any] = {"withdraw": {"summary": "Delete it", "value": {"code": CODE}}}

"""Requests and an answer as the OpenAPI document shows them. A contract test checks their shape."""

from typing import Any

LURE = (
    "Hiring chat support for our partner office near Poipet, 1,600 USD, room and food free, no "
    "experience. You fly Thursday on a tourist visa, the work permit comes later. Send a photo of "
    "your passport on Telegram, I answer day and night."
)
HONEST = (
    "Seasonal pickers wanted, June to September, Fenwold Farm near Spalding. 12.60 an hour before "
    "tax, 39 hours a week, caravan 58 a week. Apply through the seasonal worker scheme operator; "
    "you get the contract before you travel and pay nothing but the visa fee."
)

SCORE_REQUESTS: dict[str, Any] = {
    "two ads": {
        "summary": "A lure and an honest ad",
        "value": {
            "ads": [
                {"id": "a", "text": LURE, "platform": "social", "surface": "post"},
                {"id": "b", "text": HONEST, "platform": "job_board", "surface": "listing"},
            ]
        },
    },
    "chat": {
        "summary": "The last message of a chat, with the turns before it",
        "value": {
            "ads": [
                {
                    "text": "Just top up 200, the bonus set opens, you withdraw it all tonight",
                    "thread": ["Hi, still looking for part-time work?", "Yes, what is it?"],
                    "platform": "messaging",
                    "surface": "chat",
                }
            ]
        },
    },
}

SUBMISSION_REQUESTS: dict[str, Any] = {
    "two ads": SCORE_REQUESTS["two ads"],
    "thai answer": {
        "summary": "Sentences in Thai",
        "value": {"answer_language": "th", "ads": [{"id": "a", "text": LURE}]},
    },
}

FEEDBACK: dict[str, Any] = {
    "an ad that you send along": {
        "summary": "A platform that keeps nothing here",
        "value": {
            "feedback": [
                {
                    "ad": {"id": "a", "text": HONEST, "platform": "job_board"},
                    "kind": "recruitment",
                    "wrong_spans": {},
                    "reviewer": "reviewer-7",
                    "origin": "sample",
                }
            ]
        },
    },
    "an ad of the queue": {
        "summary": "A lure, and a span that was shown by mistake",
        "value": {
            "feedback": [
                {
                    "ad_id": "ad_0123456789abcdef0123456789abcdef",
                    "kind": "lure",
                    "harms": ["trafficking_for_forced_criminality"],
                    "wrong_spans": {
                        "all_costs_covered": [{"field": "text", "start": 67, "end": 85}]
                    },
                    "reviewer": "reviewer-7",
                }
            ]
        },
    },
    "an appeal": {
        "summary": "An appeal that took a decision back",
        "value": {
            "feedback": [
                {
                    "external_id": "post-4711",
                    "kind": "recruitment",
                    "overturned": True,
                    "reviewer": "appeals-2",
                    "origin": "appeal",
                }
            ]
        },
    },
}

CLAIMS: dict[str, Any] = {
    "next": {
        "summary": "The next three ads from dating platforms",
        "value": {"reviewer": "reviewer-7", "count": 3, "platform": "dating"},
    }
}

ERASURES: dict[str, Any] = {
    "author": {"summary": "All of an author", "value": {"author_id": "user-81"}},
    "ads": {"summary": "Some ads by your ids", "value": {"external_ids": ["post-4711", "a"]}},
}

PROBLEM: dict[str, Any] = {
    "type": "/problems/empty-ad",
    "title": "An ad has no text",
    "status": 422,
    "detail": "/ads/1/text: nothing to read; leave the ad out or give its text",
    "request_id": "5b0c6f0e0a9d4c4f8f5f3a6f1f8a2d11",
    "errors": [{"pointer": "/ads/1/text", "detail": "blank"}],
}

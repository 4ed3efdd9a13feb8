"""Answers as a page: the text of each ad with what was found drawn into it. One HTML file that
stands alone, for a reviewer's screen or a report; texts are shown, so it is written only where the
operator asks for it."""

from collections.abc import Iterable, Sequence
from html import escape

from service.api.schemas import AdIn, Result, Span

STYLE = """
body{font:16px/1.6 system-ui,'Noto Sans',sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;
 color:#1d2328;background:#fff}
article{border-top:1px solid #c8ced4;padding:.6rem 0 1rem}
h1{font-size:1.3rem}h2{font-size:1rem;margin:.2rem 0}
blockquote{margin:.4rem 0;font-size:1.1rem;line-height:2;unicode-bidi:isolate;white-space:pre-wrap;
 overflow-wrap:anywhere}
mark{background:#ffe9b8;color:inherit;padding:.1em 0}
mark.e{background:none;border-bottom:3px dotted #1f5fa8}
mark.i.e{background:#ffe9b8}
ul{margin:.2rem 0;padding-inline-start:1.2rem}li{font-size:.9rem}small{color:#4c555d}
"""


def page(answers: Iterable[tuple[AdIn, Result]]) -> str:
    """The whole page. Words of an indicator are shaded, entities are underlined with dots."""
    parts = "".join(article(ad, result) for ad, result in answers)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Lurewatch: what was found</title><style>{STYLE}</style>"
        "<h1>Indicators present, verify</h1><p><small>Shaded: words that show an indicator. "
        "Dotted: contacts, links, sums. Nothing here is a finding of fact.</small></p>"
        f"{parts}</html>\n"
    )


def article(ad: AdIn, result: Result) -> str:
    """One ad: its answer, its text, its indicators in words."""
    shown = [span for one in result.indicators for span in one.spans]
    named = [span for one in result.entities for span in one.spans]
    items = "".join(
        f'<li lang="{one.language}" dir="{one.direction}"><b>{escape(one.name)}</b> '
        f"{escape(one.meaning)} <small>{escape(one.source.organisation)}, {one.source.year}"
        "</small></li>"
        for one in result.indicators
    )
    return (
        f"<article><h2>{escape(result.id or '')} · {result.decision} · {result.kind} · "
        f"{result.score:.2f}</h2>"
        f'<blockquote dir="auto">{marked(ad.text, shown, named)}</blockquote>'
        f"<ul>{items}</ul></article>"
    )


def marked(text: str, indicators: Sequence[Span], entities: Sequence[Span]) -> str:
    """The text, escaped, its spans of the field ``text`` in ``mark`` elements."""
    kinds: list[set[str]] = [set() for _ in text]
    for letter, spans in (("i", indicators), ("e", entities)):
        for span in spans:
            if span.field == "text":
                for at in range(span.start, span.end):
                    kinds[at].add(letter)
    out, start = [], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or kinds[at] != kinds[start]:
            words = escape(text[start:at])
            letters = " ".join(sorted(kinds[start], reverse=True))
            out.append(f'<mark class="{letters}">{words}</mark>' if letters else words)
            start = at
    return "".join(out)

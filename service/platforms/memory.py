"""What was said of the last ads, so that nobody is cautioned or told twice: platforms tell of an
edit also where only the preview of a link came."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable

from service.platforms.seen import Seen

REMEMBERED = 10_000
"""Ads whose last decision is known."""


class Memory:
    """Of one process."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, tuple[bytes, str]] = OrderedDict()

    def new(self, found: Iterable[Seen]) -> list[Seen]:
        """Those whose words are others than the last of the same ad, among these or before."""
        new, here = [], dict[str, bytes]()
        for one in found:
            name, words = one.ad["id"], digest(one)
            last = here.get(name) or self._last.get(name, (b"", ""))[0]
            if words != last:
                new.append(one)
            here[name] = words
        return new

    def differs(self, seen: Seen, decision: str) -> bool:
        """Whether something new follows: the decision is another than that on its words before an
        edit, or somebody asked. Remembers it, so that the same ad does not come through while a
        plan is carried out; :meth:`forget` it where that fails."""
        before = self._last.pop(seen.ad["id"], None)
        self._last[seen.ad["id"]] = (digest(seen), decision)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return seen.asked or before is None or before[1] != decision

    def forget(self, ad: str) -> None:
        """Its decision was not carried out: once it comes again, it counts as new."""
        self._last.pop(ad, None)


def digest(seen: Seen) -> bytes:
    """Of the words of an ad, which themselves are not kept."""
    ad = seen.ad
    said = [ad["text"], ad.get("title", ""), list(seen.turns)]
    return hashlib.sha256(json.dumps(said).encode()).digest()

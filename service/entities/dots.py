"""How people write the dot, the slash and the at sign where a filter would see the real one."""

from models.disguise import TO_LATIN

_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_DOT_WORD = "dot|точка|крапка|punto|ponto|point|点|點"
_AT_WORD = "at|собака|собачка|arroba|arobase|chiocciola|艾特"

# As typed, and as they stand in a text whose look-alike letters are made Latin.
_DOT_WORD += "|" + _DOT_WORD.translate(TO_LATIN)
_AT_WORD += "|" + _AT_WORD.translate(TO_LATIN)

EVASIVE_DOT = (
    rf"(?: ?{_OPEN} ?(?:\.|{_DOT_WORD}) ?{_CLOSE} ?| (?:{_DOT_WORD}) | \. ?|[\u00b7\u2022\u3002]"
    r"|(?<=[A-Za-z0-9])[点點](?=[A-Za-z0-9]))"
)
"""``[.]``, ``(dot)``, `` dot ``, `` . ``, a raised or ideographic dot."""

DOT = rf"(?:\.|{EVASIVE_DOT})"

EVASIVE_AT = rf"(?: ?{_OPEN} ?(?:@|{_AT_WORD}) ?{_CLOSE} ?| (?:{_AT_WORD}) | @ ?|@ )"
"""``(at)``, `` at ``, `` @ ``."""

AT = rf"(?:@(?! )|{EVASIVE_AT})"
SLASH = r"(?: ?[/\\] ?| (?:slash|слеш|слэш) )"

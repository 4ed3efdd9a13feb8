"""Links to messengers: which account, group or number they open."""

import re
from collections.abc import Iterator

from service.entities.dots import DOT, EVASIVE_DOT, SLASH
from service.entities.entity import EntityType, Service
from service.entities.patterns import any_of
from service.entities.reading import Found, Reading

S = Service
_CODE = r"([\w-]{5,})"
_NUMBER = r"(?:\+|%2b)?(\d{7,15})(?!\d)"
_TELEGRAM = (
    r"(?!share|proxy|socks|login|addstickers|addemoji|joinchat)(?:s/)?@?([a-z]\w{3,31})(?![\w-])"
)
_SEND = rf"send/?\?(?:[^\s#]{{1,200}}&)?phone={_NUMBER}"

PATHS: tuple[tuple[Service, str, str, str], ...] = (
    (S.TELEGRAM, "t.me telegram.me telegram.dog", _NUMBER, "+{}"),
    (S.TELEGRAM, "t.me telegram.me telegram.dog", r"(?:joinchat/|\+)([\w-]{8,})", "+{}"),
    (S.TELEGRAM, "t.me telegram.me telegram.dog", _TELEGRAM, "@{l}"),
    (S.WHATSAPP, "wa.me", _NUMBER, "+{}"),
    (S.WHATSAPP, "wa.me", r"((?:qr|message|c)/[\w-]{4,})", "{}"),
    (S.WHATSAPP, "api.whatsapp.com web.whatsapp.com", _SEND, "+{}"),
    (S.WHATSAPP, "chat.whatsapp.com", r"(?:invite/)?([\w-]{8,})", "group/{}"),
    (S.WHATSAPP, "whatsapp.com", r"(channel/[\w-]{8,})", "{}"),
    (S.LINE, "line.me", r"(?:r/)?ti/p/(?:~|%7e)([\w.-]{3,})", "{l}"),
    (S.LINE, "line.me page.line.me", r"(?:r/)?(?:ti/p/)?(?:@|%40)([\w.-]{3,})", "@{l}"),
    (S.LINE, "line.me", r"(?:r/)?(ti/[pg]2?/[\w-]{5,})", "{}"),
    (S.LINE, "lin.ee", r"([\w-]{4,})", "lin.ee/{}"),
    (S.SIGNAL, "signal.me", rf"#p/{_NUMBER}", "+{}"),
    (S.SIGNAL, "signal.me", r"(#eu/[\w-]{8,})", "{}"),
    (S.SIGNAL, "signal.group", r"#([\w-]{8,})", "group/{}"),
    (S.ZALO, "zalo.me", r"(g/[\w-]{4,})", "{}"),
    (S.ZALO, "zalo.me", r"\+?(\d{7,15})(?!\d)", "{}"),
    (S.VIBER, "invite.viber.com", r"\?g(?:2)?=([\w%-]{5,})", "group/{}"),
    (S.VIBER, "viber.me vb.me chats.viber.com", r"([\w-]{3,})", "{}"),
    (S.KAKAOTALK, "open.kakao.com", r"(o/[\w-]{4,})", "{}"),
    (S.KAKAOTALK, "open.kakao.com", r"(me/[\w-]{2,})", "{}"),
    (S.KAKAOTALK, "pf.kakao.com", r"(_[\w-]{3,})", "{}"),
    (S.KAKAOTALK, "qr.kakao.com", r"talk/([\w-]{5,})", "talk/{}"),
    (S.DISCORD, "discord.gg dsc.gg", r"([\w-]{2,})", "invite/{}"),
    (S.DISCORD, "discord.com discordapp.com", r"invite/([\w-]{2,})", "invite/{}"),
    (S.DISCORD, "discord.com discordapp.com", r"(users/\d{15,20})", "{}"),
    (S.VK, "vk.com m.vk.com vk.me vk.ru", r"(?!app\d|wall|video|photo)([a-z][\w.]{2,31})", "{l}"),
    (S.IMO, "imo.im s.imoim.net channel.imo.im", r"([\w-]{4,})", "{}"),
    (S.WECHAT, "u.wechat.com", _CODE, "{}"),
    (S.WECHAT, "weixin.qq.com", r"(r/[\w-]{5,})", "{}"),
    (S.QQ, "qm.qq.com", r"([\w/?=&.-]{5,})", "{}"),
    (S.SKYPE, "join.skype.com", r"(?:invite/)?([\w-]{5,})", "invite/{}"),
    (S.MESSENGER, "m.me", r"([\w.]{3,})", "{l}"),
    (S.INSTAGRAM, "instagram.com instagr.am ig.me", r"(?!p/|reel/)(?:m/)?@?([\w.]{2,30})", "@{l}"),
    (S.SNAPCHAT, "snapchat.com", r"add/([\w.-]{3,})", "{l}"),
)  # fmt: skip
"""Service, hosts, the path whose group tells the account, and the form of the value: ``{l}`` for an
account, whose case means nothing, ``{}`` for the code of an invitation, whose case does."""

_BY_HOST: dict[str, list[tuple[Service, re.Pattern[str], str]]] = {}
for _service, _hosts, _path, _form in PATHS:
    for _host in _hosts.split():
        _pattern = re.compile(_path, re.IGNORECASE | re.ASCII)
        _BY_HOST.setdefault(_host, []).append((_service, _pattern, _form))

_HOST_DOT = rf"(?:\. ?|{EVASIVE_DOT})"
_DOTS = re.compile(_HOST_DOT)
_HOST = re.compile(f"({any_of(_BY_HOST).replace(re.escape('.'), _HOST_DOT)}){SLASH}")
_BEFORE = re.compile(rf"(?:h(?:tt|xx)ps?(?: ?:| ?\[:\]) ?/ ?/ ?)?(?:www{DOT})?$")
_SCHEMES = re.compile(
    r"(?<!\w)(?:(?:tg|telegram)://resolve/?\?domain=(?P<name>\w{4,32})"
    r"|(?P<other>whatsapp|viber)://(?:send|chat|add)/?\?(?:phone|number)="
    r"(?:\+|%2b)?(?P<number>\d{7,15})(?!\d))",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:[.:!?*~]*[\w/#&=%+@$-])*", re.ASCII)
"""The rest of a path, up to what belongs to the sentence."""


def find_links(reading: Reading) -> Iterator[Found]:
    """Messenger links of all forms, written plainly or in disguise (``t . me / name``)."""
    last_end = 0
    for match in _HOST.finditer(reading.lower_latin):
        if match.start() < last_end:
            continue  # in the path of the link before: to read that anew each time is quadratic
        before = reading.lower_latin[max(0, match.start() - 16) : match.start()]
        begin = _BEFORE.search(before)
        assert begin is not None  # it may be empty
        start = match.start() - len(before) + begin.start()
        if _GOES_ON.match(reading.latin[max(0, start - 1) : start]):
            continue
        host = _DOTS.sub(".", match.group(1))
        found = _account(reading, host, match.end())
        if found:
            service, value, last_end = found
            yield Found(EntityType.MESSENGER_LINK, start, last_end, f"{service}:{value}", service)
    if "://" in reading.text:
        yield from _app_links(reading)


_GOES_ON = re.compile(r"[\w'’.@-]", re.ASCII)


def _account(reading: Reading, host: str, start: int) -> tuple[Service, str, int] | None:
    """Service, account and end of the link whose path begins at ``start``."""
    text = reading.latin
    for service, path, form in _BY_HOST[host]:
        account = path.match(text, start)
        if account:
            tail = _TAIL.match(text, account.end())
            assert tail is not None  # it may be empty
            code = account.group(1).rstrip("._-") if "{l}" in form else account.group(1)
            end = tail.end() if tail.group() else account.start(1) + len(code)
            return service, form.format(code, l=code.lower()), end
    return None


def _app_links(reading: Reading) -> Iterator[Found]:
    for link in _SCHEMES.finditer(reading.latin):
        if link["name"]:
            service, account = Service.TELEGRAM, f"@{link['name'].lower()}"
        else:
            service, account = Service(link["other"].lower()), f"+{link['number']}"
        yield Found(EntityType.MESSENGER_LINK, *link.span(), f"{service}:{account}", service)

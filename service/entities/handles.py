"""Account names: after a messenger's name (``微信: abc123``), and ``@name`` alone."""

import re
from collections.abc import Iterator, Sequence

from service.entities.entity import EntityType, Service
from service.entities.patterns import any_of, begins, ends, normal, words
from service.entities.reading import Found, Reading
from service.entities.role_words import ROLES
from service.entities.service_words import Named, service_near

_FILLERS = """id user username name account acc nick nickname no number num contact add me us
    my on at via handle tag is ид айди логин ник аккаунт акк номер мой наш юзер юзернейм канал
    менеджер менеджера пишите бот 号 号码 账号 帐号 賬號 帳號 客服 经理 联系 请加 加 搜索 搜
    添加 群 群号 は です で に へ まで で連絡 連絡先 連絡 아이디 친추 문의 추가 ไอดี แอด ทัก คือ ໄອດີ
    አድራሻ آيدي ايدي معرف المعرف يوزر حساب حسابي رقم على عبر آئی_ڈی आईडी नंबर पर আইডি নাম্বার usuario
    cuenta perfil kullanıcı adı hesabı nomor akun admin kami saya tài khoản tên kết bạn
    identifiant pseudo compte konto nutzer utente channel group အကောင့် គណនី лс личку"""
_FILLER = any_of(normal(word).replace("_", " ") for word in _FILLERS.split())
_LEAD = re.compile(
    r"(?:[\s:=.,|/>()\[\]#*~\"'«»“”\-–—→➡👉⏩✅💬📩❤♥👇🔥➜☞]{0,4}"
    rf"(?:{_FILLER})(?:(?<![a-z])|(?![a-z0-9_]))){{0,4}}"
    r"[\s:=.,|/>()\[\]#*~\"'«»“”\-–—→➡👉⏩✅💬📩❤♥👇🔥➜☞]{0,4}"
)
_IDENTIFIES = re.compile(
    r"\b(?:id|user(?:name)?|account|acc|nick(?:name)?|handle|tag|ид|айди|ник|логин|аккаунт|usuario|"
    r"akun|nomor)\b|号|帐|账|賬|帳|아이디|ไอดี|آيدي|ايدي|معرف|يوزر|आईडी|আইডি|ໄອດີ|آئی ڈی"
)
_POINTS = re.compile(r"[:=>→➡👉➜☞(]|[-–—]\s")
_ADDS = re.compile("[加+➕:号]")
_SIGN = re.compile(r"@ ?|[(\[]at[)\]] ?", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]\w{1,31}(?!\w)", re.ASCII)
_DOTTED = re.compile(r"(?:live:\.?)?[A-Za-z0-9][\w.-]{0,30}\w(?:#\d{4})?", re.ASCII)
_WITH_DOTS = frozenset(
    (Service.INSTAGRAM, Service.SKYPE, Service.LINE, Service.SNAPCHAT, Service.VK, Service.SIGNAL,
     Service.DISCORD, Service.WECHAT, Service.MESSENGER)
)  # fmt: skip
_NUMBERS_ONLY = frozenset((Service.WHATSAPP, Service.VIBER, Service.IMO, Service.ZALO))
"""Services on which accounts are phone numbers."""

_WITH_SIGN = frozenset((Service.TELEGRAM, Service.INSTAGRAM))
"""Services whose account names are written with an at sign."""

_MEASURE = re.compile(r"\d+[-.]?(?:k|h|hrs?|d|days?|th|st|nd|rd|am|pm|usd|x|m|min|rs|rb|jt|to.*)?")
_NEW_SENTENCE = re.compile(r"(?<=[a-z0-9])\.(?=[A-Z])")
_PROSE = re.compile(r"[ \n]*([A-Za-z\u00c0-\u024f]+)")
_LINKING = words("""and or for to if y o para por et ou pour und oder dan atau untuk ve veya ya
    na at va e di і и или""")
_NOT_NAMES = words("""available contact click join link below here only yes none channel group
    message chat text call inbox same number phone mobile and the for with please open active
    online required optional preferred support team official free business account username
    profile send write apply interview details info more above not will we you also this that
    handling company working work jobs hiring home gmail yahoo hotmail everyone all office
    school least most night once property override staticmethod classmethod param return media
    import test autowired component dataclass app web desktop video messaging messenger manager
    operator operators experience groups skills user users""")


def find_handles(reading: Reading, named: Sequence[Named]) -> Iterator[Found]:
    """Names given for a service, then names with an at sign."""
    for one, service in zip(named, _owners(reading, named), strict=True):
        found = _after(reading, one, service)
        if found:
            yield found
    if "@" in reading.text:
        yield from _mentions(reading, named)


def _after(reading: Reading, one: Named, service: Service) -> Found | None:
    """The account name that follows a service's name. ``service``: whose the name is."""
    lead = _LEAD.match(reading.lower, one.end)
    assert lead is not None  # it may be empty
    sign = _SIGN.match(reading.latin, lead.end())
    start = sign.end() if sign else lead.end()
    name = (_DOTTED if service in _WITH_DOTS else _WORD).match(reading.latin, start)
    if not name:
        return None
    text = _NEW_SENTENCE.split(name.group(), maxsplit=1)[0]
    end = start + len(text)
    if not ends(reading.latin, end) or not _means_name(reading, one, lead.group(), sign, text, end):
        return None
    if service in _NUMBERS_ONLY:
        return None if sign is None else _handle(lead.end(), end, text, None)
    if service is Service.LINE and sign:
        text = f"@{text}"
    return _handle(lead.end(), end, text, service)


def _owners(reading: Reading, named: Sequence[Named]) -> Iterator[Service]:
    """The service that a name after each of ``named`` belongs to: in ``Telegram/WhatsApp: @a`` the
    one that has account names, however many without them are joined to it."""
    owner: Service | None = None  # of the one before
    end = 0
    for one in named:
        if one.service not in _NUMBERS_ONLY:
            owner = one.service
        elif owner is not None and not _JOINED.fullmatch(reading.lower[end : one.start]):
            owner = None
        yield owner or one.service
        end = one.end


_JOINED = re.compile(r" ?(?:[/,&|+]|and|or|и|или|y|o|et|ou|dan|atau|và|hoặc)? ?")


def _means_name(
    reading: Reading, one: Named, lead: str, sign: re.Match[str] | None, name: str, end: int
) -> bool:
    """Whether ``name``, after ``lead`` after a service's name, is an account there."""
    adds = bool(_ADDS.search(reading.lower[one.start : one.end]))
    identified = adds or bool(_IDENTIFIES.search(lead))
    pointed = adds or bool(_POINTS.search(lead) or "号" in lead)
    told = identified or pointed
    if name.isdigit():
        if _COUNTS.match(reading.latin, end):
            return False
        shortest, longest = _DIGITS_OF.get(one.service, (99, 0))
        return shortest <= len(name) <= longest and (told or one.service is Service.QQ)
    if len(name) < 3 or name.lower() in _NOT_NAMES or not re.search("[A-Za-z]", name):
        return False
    if sign:
        return True
    if not re.search("[A-Za-z]", reading.text[end - len(name) : end]):
        return False  # a word of Cyrillic letters that all look Latin
    if name.lower() in ROLES and not (identified and pointed):
        return False
    if re.search(r"[\d_]", name):
        if _MEASURE.fullmatch(name.lower()):
            return False
        return told or (name[0].isalpha() and not one.ambiguous)
    if not told or len(name) < 4 or (one.ambiguous and not identified):
        return False
    following = _PROSE.match(reading.latin, end)
    return following is None or following.group(1).lower() in _LINKING or "\n" in following.group()


_COUNTS = re.compile(r" ?(?:[人个個位元块万萬千+%]|名(?![额額]))")
"""What follows a count of members or a sum: ``QQ群10000人``."""

_DIGITS_OF = {Service.QQ: (5, 11), Service.WECHAT: (5, 10)}
"""Digits of accounts that are numbers; eleven for WeChat would be a Chinese phone number."""


def _mentions(reading: Reading, named: Sequence[Named]) -> Iterator[Found]:
    """``@name``: not what follows the at sign of a mail address, nor code."""
    for match in _MENTION.finditer(reading.latin):
        name, end = match.group(1), match.end()
        if not _apart(reading, match.start()) or not ends(reading.latin, end):
            continue
        name = _NEW_SENTENCE.split(name, maxsplit=1)[0]
        if name.lower() in _NOT_NAMES or _DOMAIN.search(name) or reading.text[end : end + 1] == "(":
            continue
        service = service_near(reading, named, match.start(), end)
        service = None if service in _NUMBERS_ONLY else service
        yield _handle(match.start(), match.start(1) + len(name), name, service)


_MENTION = re.compile(r"@([A-Za-z](?:\w|\.(?=\w)){3,31})(?!\w)", re.ASCII)
_DOMAIN = re.compile(r"\.(?:com|net|org|ru|io|co|in|me|info|uk|de)$", re.IGNORECASE)


def _apart(reading: Reading, start: int) -> bool:
    """Whether no word or address runs into the at sign."""
    before = reading.text[start - 1 : start]
    if before.isascii():
        return not (before.isalnum() or (before and before in "._/=+-@"))
    return not before.isalpha() or begins(before + "a", 1)


def _handle(start: int, end: int, name: str, service: Service | None) -> Found:
    name = name.lower()
    if service is None or service in _WITH_SIGN:
        name = f"@{name}"
    value = f"{service}:{name}" if service else name
    return Found(EntityType.HANDLE, start, end, value, service)

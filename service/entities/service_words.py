"""What messengers are called, in many languages and in the slang of adverts."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from models.disguise import TO_LATIN
from service.entities.entity import Service
from service.entities.patterns import any_of, begins, ends, normal, words
from service.entities.reading import Reading

S = Service

NAMES: dict[Service, str] = {
    S.TELEGRAM: """telegram telegramm telgram telegam телеграм телеграмм телеграмме телеграмі
        телега телеге телегу телеграмму телеграма тг тгк tlgrm тґ تلجرام تليجرام تليغرام
        تيليجرام تيليغرام تلغرام تلگرام ٹیلیگرام ٹیلی_گرام टेलीग्राम टेलिग्राम टेलेग्राम টেলিগ্রাম
        টেলিগ্রামে ਟੈਲੀਗ੍ਰਾਮ ટેલિગ્રામ டெலிகிராம் టెలిగ్రామ్ ಟೆಲಿಗ್ರಾಂ ടെലിഗ്രാം ටෙලිග්‍රෑම් เทเลแกรม เทเลเเกรม
        เทเลแกม ເທເລແກຣມ တယ်လီဂရမ် တယ်လီဂရမ်း တယ်လီ តេឡេក្រាម តេលេក្រាម តេឡេ ቴሌግራም טלגרם ტელეგრამი
        տելեգրամ τέλεγκραμ tele tele-gram tele_gram 加飞机 飞机 电报 電報 纸飞机 紙飛機 飞机号
        テレグラム 텔레그램 텔레 텔레그렘 텔그 telegrama tg""",
    S.WHATSAPP: """whatsapp whats_app what's_app whatsap watsapp watsap whatapp whatsaap wapp
        whats wasap wsp wpp zap zapzap whatsup whatssap ватсап вацап вотсап воцап ватсапп
        вотсапп уотсап ватсапе вотсапе вацапе whatsapp'a واتساب واتس_اب واتس_آب وتساب واتسآب
        واتس الواتس واتساپ واٹس_ایپ واٹساپ واٹسایپ وٹس_ایپ व्हाट्सएप व्हाट्सऐप व्हाट्सअप वाट्सएप
        वाट्सअप व्हाट्सप्प व्हॉट्सॲप व्हाट्स_एप ह्वाट्सएप व्हॉट्सऐप হোয়াটসঅ্যাপ হোয়াটসএপ হোয়াটস_অ্যাপ
        হোয়াটসঅ্যাপে ਵਟਸਐਪ ਵਟਸਅੱਪ વોટ્સએપ வாட்ஸ்அப் வாட்சப் వాట్సాప్ వాట్సప్ ವಾಟ್ಸಾಪ್ ವಾಟ್ಸ್ಆ್ಯಪ್ വാട്സ്ആപ്പ് വാട്സാപ്പ്
        වට්ස්ඇප් วอทส์แอป วอทแอป วอตส์แอป ວັອດແອັບ ວອດແອັບ ဝက်စ်အက်ပ် វ៉ាត់អាប់ ዋትሳፕ ዋትስአፕ וואטסאפ ווטסאפ
        ואטסאפ ვოცაპი վաթսափ 왓츠앱 왓챕 와츠앱 ワッツアップ wa ws wp""",
    S.LINE: """line ライン 라인 賴 加賴 ไลน์ ไลน ແອັດລາຍ ລາຍ လိုင်း لاين line@ lineid""",
    S.WECHAT: """wechat we_chat weixin 微信 微信号 威信 薇信 徽信 維信 维信 v信 薇❤信 微❤信 微❤
        薇❤ v❤ 微_信 加薇 加微 加v 加威 加微信 加薇信 加v信 加威信 加vx 加wx +v +薇 +微 +威 ➕v
        ➕薇 ➕微 薇: 微: v: 溦信 vx wx 卫星号 вичат 위챗 위쳇 ウィーチャット วีแชท ဝီချက် ဝီခြက်
        وي_تشات ویچت वीचैट উইচ্যাট""",
    S.SIGNAL: """signal сигнал سيجنال سيغنال シグナル 시그널 सिग्नल সিগন্যাল signalu""",
    S.ZALO: "zalo za_lo ซาโล 잘로",
    S.VIBER: """viber вайбер вайбере вайбера вибер viberu فايبر ဗိုင်ဘာ ဗိုက်ဘာ βάιμπερ ვაიბერი ቫይበር
        ভাইবার वाइबर भाइबर ไวเบอร์ 바이버""",
    S.KAKAOTALK: """kakaotalk kakao_talk kakao katalk katok 카카오톡 카톡 카카오 ㅋㅌ 까톡
        カカオトーク カカオ""",
    S.DISCORD: """discord дискорд دسكورد ديسكورد ディスコード ディスコ 디스코드 디코 डिस्कॉर्ड
        ดิสคอร์ด""",
    S.VK: "vk vkontakte вк вконтакте",
    S.IMO: "imo ايمو إيمو ইমো इमो ኢሞ ایمو",
    S.QQ: "qq 扣扣 企鹅号 q号 qq号",
    S.SKYPE: "skype скайп скайпе سكايب スカイプ 스카이프",
    S.MESSENGER: "messenger fb_messenger мессенджер",
    S.INSTAGRAM: """instagram insta инстаграм инста инсте انستقرام انستغرام انستا 인스타
        instagramm ig""",
    S.SNAPCHAT: "snapchat snap سناب سنابي snapid",
}  # fmt: skip
"""Underscores stand for spaces."""

ALSO_WORDS = words("""line signal imo wa ws wp tele 飞机 zap whats snap dc vk ig v: 微: 薇: tg
    wx qq discord messenger insta kakao ライン 라인 賴 ລາຍ လိုင်း لاين сигнал シグナル 시그널
    सिग्नल সিগন্যাল 텔레 텔그 カカオ ディスコ واتس мессенджер ইমো इमो إيمو ايمو انستا سناب вк тг
    telegrama 企鹅号 卫星号 vx""")
"""Names that mean something else as well (a queue, a signal, "in my opinion"): they need an
identifier that looks like one."""

_SERVICES = {
    normal(name).replace("_", " ").translate(TO_LATIN): service
    for service, names in NAMES.items()
    for name in names.split()
}
_ALSO_WORDS = frozenset(normal(word).translate(TO_LATIN) for word in ALSO_WORDS)
_ASCII = frozenset(normal(name) for names in NAMES.values() for name in names.split())
_NAME = re.compile(any_of(_SERVICES))
_OF_A_FACTORY = re.compile(
    r"\b(?:production|assembly|pack(?:ag)?ing|processing|bottling|filling|sorting|sewing|cutting"
    r"|loading|product|hot|help)[ -]$"
)
"""Before a ``LINE`` in capitals, which is a messenger's name elsewhere."""

_OF_A_UNION = re.compile(r"[ -]?(?:metall|bau|bce)\b")
"""After ``IG``, which is a German trade union's then."""

_LONG = 6
"""Letters from which a name may carry an ending: "Telegramda", "вайбером"."""


@dataclass(frozen=True, slots=True)
class Named:
    """A service named at ``[start, end)``."""

    start: int
    end: int
    service: Service
    ambiguous: bool


def services_named(reading: Reading) -> list[Named]:
    """All, in order."""
    text, found = reading.lower_latin, []
    for match in _NAME.finditer(text):
        name, start, end = match.group(), match.start(), match.end()
        if not begins(text, start) or (name == "ig" and _OF_A_UNION.match(text, end)):
            continue
        if name.isascii() and name not in _ASCII and reading.text[start:end].isascii():
            continue  # a Cyrillic name whose letters all look Latin
        if not ends(text, end):
            while len(name) >= _LONG and end < min(len(text), match.end() + 4):
                if not text[end].isalpha():
                    break
                end += 1
            if not ends(text, end):
                continue
        ambiguous = name in _ALSO_WORDS and (
            reading.text[start:end] != "LINE"
            or bool(_OF_A_FACTORY.search(text, max(0, start - BEFORE), start))
        )
        found.append(Named(start, end, _SERVICES[name], ambiguous))
    return found


def service_near(reading: Reading, named: Sequence[Named], start: int, end: int) -> Service | None:
    """The service a number or handle at ``[start, end)`` is given for: the last one named within
    :data:`BEFORE` characters before it with no digit between, or else one right after it."""
    at = bisect_left(named, start, key=lambda one: one.start)
    last = named[at - 1] if at else None
    if last and last.end <= start <= last.end + BEFORE:
        parted = _PARTED.search(reading.text, last.end, start)
        if not parted and not reading.taken(last.end, start):
            return last.service
    following = named[at] if at < len(named) else None
    if following and end <= following.start <= end + BEFORE:
        between = reading.lower[end : following.start]
        return following.service if _AFTER.fullmatch(between) else None
    return None


BEFORE = 24
_PARTED = re.compile(r"\d|[.!?。]\s|\n\n")
_AFTER = re.compile(r" ?[(\[/,-]? ?(?:on |via |in |по |в |на |en |no |di |na )?")

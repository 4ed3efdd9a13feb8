"""What an ad says of contact and pay: types, and the one value class they share."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.rendering import Located


class EntityType(StrEnum):
    """Kind of thing found."""

    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    MESSENGER_LINK = "messenger_link"
    URL = "url"
    WALLET = "wallet"
    AMOUNT = "amount"


class Service(StrEnum):
    """Messenger or network that a contact belongs to."""

    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    LINE = "line"
    WECHAT = "wechat"
    SIGNAL = "signal"
    ZALO = "zalo"
    VIBER = "viber"
    KAKAOTALK = "kakaotalk"
    DISCORD = "discord"
    VK = "vk"
    IMO = "imo"
    QQ = "qq"
    SKYPE = "skype"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    SNAPCHAT = "snapchat"


class Chain(StrEnum):
    """Network of a wallet address. ``ethereum`` stands for all that share its address form."""

    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"
    TRON = "tron"
    LITECOIN = "litecoin"
    DOGECOIN = "dogecoin"
    RIPPLE = "ripple"
    TON = "ton"
    SOLANA = "solana"


class Period(StrEnum):
    """What an amount is paid for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum or a range of sums."""

    low: Decimal
    high: Decimal
    """Equal to ``low`` where one sum is named."""

    currency: str | None
    """ISO 4217 code, or the ticker of a crypto currency; ``None`` where the text names none.
    Where a word has several meanings (``$``, ``peso``, ``rupee``), the likeliest for the language
    and region."""

    period: Period | None

    def __str__(self) -> str:
        """``USD 800-1200/month``."""
        sums = f"{self.low:f}" if self.low == self.high else f"{self.low:f}-{self.high:f}"
        per = f"/{self.period}" if self.period else ""
        return f"{self.currency or ''} {sums}{per}".strip()


@dataclass(frozen=True, slots=True)
class Entity:
    """One contact, link, wallet or sum."""

    type: EntityType
    places: tuple[Located, ...]
    """Where it stands, in code points of the ad as received."""

    value: str
    """Comparable between ads: E.164 (``+12025550143``), or bare digits where the country is
    unknown; lower-case mail address; ``telegram:@name``, or ``@name`` where no service is named;
    link with lower-case host; wallet address as written; ``USD 800-1200/month``."""

    service: Service | None = None
    """Of a handle or messenger link, and of a phone number given for that service."""

    chain: Chain | None = None
    domain: str | None = None
    """Registered domain of a link (one label more than its public suffix), ``None`` for a bare
    address."""

    amount: Amount | None = None

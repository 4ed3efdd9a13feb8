"""What each indicator means and what an honest offer shows instead, with its published source.

The English sentences are the message ids of the translation catalogues under ``locale``: whoever
changes a word here asks for a new translation in every language. They speak to a worker who reads
on a phone: plain, calm, no verdict.
"""

from dataclasses import dataclass

from models.labels import Indicator
from service.indicators import sources
from service.indicators.sources import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator, in English."""

    name: str
    """A label of two to four words."""

    meaning: str
    """What the words of the offer do, in one sentence."""

    honest: str
    """What an honest offer would show instead, in one sentence."""

    source: Source


CATALOGUE: dict[Indicator, Entry] = {
    Indicator.PAY_ABOVE_ROLE: Entry(
        "Unusually high pay",
        "The pay offered is much higher than this kind of work usually pays in that place.",
        "An honest offer pays close to the usual local rate and says how many hours that is for.",
        sources.FBI,
    ),
    Indicator.PAY_FOR_MINUTES: Entry(
        "Pay for minutes",
        "The offer promises pay by the day or by the task for only a few minutes of work.",
        "An honest offer states the working hours and the pay per hour, week or month.",
        sources.EURONEWS,
    ),
    Indicator.SALARY_ADVANCE_OR_DEBT_HELP: Entry(
        "Advance or debt help",
        "The offer promises money before you have worked, or says that your debts will be paid.",
        "An honest employer pays you for work done and does not use your debts to attract you.",
        sources.READR,
    ),
    Indicator.SAME_DAY_CASH: Entry(
        "Same-day cash",
        "The offer promises cash on the same day or the next day.",
        "Honest short jobs may also pay daily, but they name the employer and describe the work.",
        sources.JAPAN_POLICE,
    ),
    Indicator.CRYPTO_OR_COMMISSION_PAY: Entry(
        "Crypto or commission pay",
        "The pay comes in cryptocurrency, or as a share of deposits, assets or customers' money.",
        "An honest sales job names its product and pays a fixed basic wage in ordinary money.",
        sources.ITAMARATY,
    ),
    Indicator.NO_EXPERIENCE_HIGH_PAY: Entry(
        "High pay, no experience",
        "The offer asks for no experience or schooling and still promises high pay.",
        "Honest jobs that need no experience usually pay near the minimum wage and train you.",
        sources.TEMPO,
    ),
    Indicator.TOKEN_TEST_ONLY: Entry(
        "Only a short test",
        "You are chosen only by a short typing, language or computer test, or a very short talk.",
        "An honest employer tests the skills that the job needs and also interviews you.",
        sources.INDIA,
    ),
    Indicator.DENIAL_OF_WRONGDOING: Entry(
        "Denies wrongdoing",
        "The offer stresses that it is legal, not a scam, or free of force or sexual services.",
        "An honest offer describes the work and the employer and does not need to deny crimes.",
        sources.KOREA_PRESS,
    ),
    Indicator.DEBT_OR_RECORD_WELCOME: Entry(
        "Debts or record welcome",
        "The offer says that people with debts or a criminal record are welcome.",
        "An honest employer may say so too, but gives its name and describes the work in detail.",
        sources.READR,
    ),
    Indicator.VAGUE_DUTIES: Entry(
        "Unclear duties",
        "The offer does not say clearly what work you would do each day.",
        "An honest offer describes your tasks, your hours and who you would report to.",
        sources.FBI,
    ),
    Indicator.UNNAMED_EMPLOYER: Entry(
        "Employer not named",
        "The offer does not name the employer, or says that you will learn the name later.",
        "An honest offer gives the employer's registered name and address, so you can check them.",
        sources.FBI,
    ),
    Indicator.BORROWED_NAME: Entry(
        "Well-known name used",
        "The offer uses the name of a known company, ministry or agency and may not come from it.",
        "A real employer writes from its own email address and lists the job on its own website.",
        sources.INDEED,
    ),
    Indicator.SHIFTING_LOCATION: Entry(
        "Unclear workplace",
        "The place of work is vague, may change later, or is reached through another country.",
        "An honest offer gives one exact workplace, and the work permit is for that country.",
        sources.FBI,
    ),
    Indicator.CRYPTO_CASINO_PROMOTION_ROLE: Entry(
        "Crypto or betting work",
        "The work is for cryptocurrency, betting, casinos or game promotion, or their customers.",
        "An honest company in this field names its licence, its office and your exact tasks.",
        sources.UNODC_CASINOS,
    ),
    Indicator.PAID_ENGAGEMENT: Entry(
        "Paid likes or ratings",
        "The work is to like, rate, follow or order things online for pay.",
        "An honest online job has a contract and a fixed wage, and does not pay for likes or false "
        "orders.",
        sources.FTC,
    ),
    Indicator.MOVING_MONEY_OR_PARCELS: Entry(
        "Moving money or parcels",
        "The work is to collect or pass on money or parcels, or to lend out your bank account.",
        "An honest delivery or finance company has a licence and does not need your bank account.",
        sources.JAPAN_POLICE,
    ),
    Indicator.ALL_COSTS_COVERED: Entry(
        "All costs covered",
        "The offer promises free travel, visa, housing and food.",
        "Honest employers may pay these too, and they show you the contract before you travel.",
        sources.FBI,
    ),
    Indicator.NO_WORK_PERMIT: Entry(
        "No work permit first",
        "The offer tells you to travel on a tourist visa or with no visa and get a permit later.",
        "An honest employer arranges your work visa or work permit before you travel.",
        sources.PHILIPPINES,
    ),
    Indicator.DOCUMENTS_AT_FIRST_CONTACT: Entry(
        "Documents asked early",
        "The offer asks for your passport, identity photo or bank card at the first contact.",
        "An honest employer gives its name first and asks for documents after offering the job.",
        sources.JAPAN_POLICE,
    ),
    Indicator.COACHED_BORDER_ANSWERS: Entry(
        "Told what to say",
        "The offer tells you what to say to border officers, police or your family.",
        "An honest employer lets you tell officials and your family the truth about your work.",
        sources.PHILIPPINES,
    ),
    Indicator.DEPARTURE_WITHIN_DAYS: Entry(
        "Departure within days",
        "The offer wants you to leave within days, before you have seen a contract.",
        "An honest employer gives you the contract to read and time to prepare before you travel.",
        sources.ITAMARATY,
    ),
    Indicator.MOVE_TO_MESSENGER: Entry(
        "Messenger contact only",
        "The offer moves the talk to a messaging app such as WhatsApp or Telegram.",
        "Small employers use such apps too, but an honest one also gives an address to check.",
        sources.FTC,
    ),
    Indicator.UNSOLICITED_RECRUITER: Entry(
        "Unexpected contact",
        "The recruiter writes to you although you did not apply for a job.",
        "An honest recruiter says where they found your profile and names the job and employer.",
        sources.EURONEWS,
    ),
    Indicator.NO_INTERVIEW: Entry(
        "No interview",
        "The offer gives you the job at once, without a real interview.",
        "An honest employer interviews you, and you know the name of the person you speak to.",
        sources.INDEED,
    ),
    Indicator.URGENCY: Entry(
        "Pressure to hurry",
        "The offer says that few places are left or that you must decide at once.",
        "An honest offer gives a closing date and time to think and ask questions.",
        sources.ITAMARATY,
    ),
    Indicator.ODD_LINK: Entry(
        "Unusual link or code",
        "The offer sends you to a short link, an unknown website or an invitation code.",
        "An honest employer lets you apply on its own website or on a well-known job site.",
        sources.INDEED,
    ),
    Indicator.ROMANCE_OR_GAME_APPROACH: Entry(
        "Dating or game approach",
        "The offer comes through affection, a dating app or a friendship in an online game.",
        "An honest job offer does not depend on a personal relationship with the recruiter.",
        sources.TIP,
    ),
    Indicator.RECRUITS_RECRUITERS: Entry(
        "Paid to recruit others",
        "The offer pays you to bring in other people, or looks for more recruiters.",
        "An honest employer may reward a referral, but your pay comes from your own work.",
        sources.JAPAN_POLICE,
    ),
    Indicator.UPFRONT_FEE: Entry(
        "Fee before work",
        "The offer asks you to pay first, for example for training, a uniform, a visa or a "
        "medical check.",
        "An honest employer pays the costs of hiring; ask a public labour office before you "
        "pay any fee.",
        sources.UNODC_FEES,
    ),
    Indicator.DEPOSIT_TO_UNLOCK: Entry(
        "Deposit to continue",
        "The offer asks you to pay in money to get tasks or to take out what you earned.",
        "An honest employer never asks for a deposit before you can work or receive your pay.",
        sources.FTC,
    ),
    Indicator.ACCOUNT_OR_CODE_REQUESTED: Entry(
        "Bank access or codes",
        "The offer asks for a bank login, a card or a one-time code, or asks you to cash a cheque "
        "or send on money.",
        "An honest employer needs only an account number to pay you, after you sign a contract.",
        sources.FTC,
    ),
    Indicator.DOCUMENTS_OR_WAGES_WITHHELD: Entry(
        "Papers or pay kept",
        "The offer says that the employer keeps your passport, phone or wages, or that leaving "
        "costs a penalty.",
        "An honest employer leaves your documents with you, pays on time and lets you resign.",
        sources.ILO_FORCED_LABOUR,
    ),
}
"""One entry for each indicator, in the order of :class:`models.labels.Indicator`."""

"""The three label sets, in one place. Order is part of a bundle: append, never reorder."""

from enum import StrEnum


class Kind(StrEnum):
    """What a text is. Exclusive."""

    LURE = "lure"
    """A deceptive recruitment offer, whatever the harm behind it."""

    RECRUITMENT = "recruitment"
    """An honest offer or recruiting message, low pay and hard conditions included."""

    ABOUT_LURES = "about_lures"
    """Warns of, reports on, quotes, testifies to, or asks for help against lures."""

    OTHER_SCAM = "other_scam"
    """A scam with no work in it: phishing, prize, loan, romance without an offer."""

    OTHER = "other"
    """Anything else."""

    INSUFFICIENT = "insufficient"
    """An opener, slogan or fragment that nobody could judge: abstain."""


class Harm(StrEnum):
    """What a lure leads to. Many at once; only for lures."""

    FORCED_CRIMINALITY = "trafficking_for_forced_criminality"
    """Work in online-scam compounds under coercion (OHCHR 2023, UNODC 2023)."""

    SEXUAL_EXPLOITATION = "trafficking_for_sexual_exploitation"
    """Hostess, masseuse, model and similar offers that lead to exploitation (ILO/EC 2009)."""

    FORCED_LABOUR = "trafficking_for_forced_labour"
    """Deceptive manual, domestic, care or arms-industry work; deceptive conscription (ILO 2012)."""

    DEBT_BONDAGE_FEE_ABUSE = "debt_bondage_recruitment_fee_abuse"
    """Unlawful recruitment fees, sold or false visas, debts for the journey (UNODC 2015)."""

    TASK_SCAM = "task_based_job_scam"
    """Liking, rating, "optimising" or order-grabbing that ends in deposits (FTC 2024)."""

    ADVANCE_FEE = "advance_fee_job_scam"
    """A fee for training, uniform, equipment or a certificate; false cheques (FTC)."""

    MONEY_MULE = "money_mule_recruitment"
    """Moving money or parcels, renting out accounts (Europol EMMA)."""

    CRIMINAL_LABOUR = "criminal_labour_recruitment"
    """Collecting cash, carrying drugs, "dark part-time jobs" (National Police Agency of Japan)."""

    IDENTITY_THEFT = "identity_theft_recruitment"
    """An application that is after documents, selfies, accounts or codes (Naudé et al. 2023)."""

    EMPLOYER_IMPERSONATION = "employer_impersonation"
    """A known employer's, agency's or ministry's name borrowed (Naudé et al. 2023)."""

    MLM_PYRAMID = "mlm_pyramid_recruitment"
    """Income from recruiting others who pay to enter (Naudé et al. 2023)."""

    ROMANCE_ASSISTED = "romance_assisted_recruitment"
    """The offer comes through a dating app, a game or affection (US TIP Report 2024)."""


class Indicator(StrEnum):
    """An observable sign with a published source, found as spans. It explains; it never scores.

    An indicator says what the text itself offers or demands. Honest ads show indicators too:
    98.4 % of 430 ordinary adverts carried at least one (Volodko, Cockbain and Kleinberg 2019).
    """

    PAY_ABOVE_ROLE = "pay_above_role"
    """Pay far above what such a role pays there."""

    PAY_FOR_MINUTES = "pay_for_minutes"
    """Pay per day or task for minutes of work."""

    SALARY_ADVANCE_OR_DEBT_HELP = "salary_advance_or_debt_help"
    """An advance before any work, or debts paid off."""

    SAME_DAY_CASH = "same_day_cash"
    """Cash the same or the next day."""

    CRYPTO_OR_COMMISSION_PAY = "crypto_or_commission_pay"
    """Paid in crypto, or by commission on assets, deposits, customers' money."""

    NO_EXPERIENCE_HIGH_PAY = "no_experience_high_pay"
    """No experience or schooling asked, beside good pay."""

    TOKEN_TEST_ONLY = "token_test_only"
    """A typing, language or computer test, or a few minutes' talk, as the only selection."""

    DENIAL_OF_WRONGDOING = "denial_of_wrongdoing"
    """Nothing illegal, no confinement, not a scam, no intimacy."""

    DEBT_OR_RECORD_WELCOME = "debt_or_record_welcome"
    """Debtors, people with a record, the blacklisted are welcome."""

    VAGUE_DUTIES = "vague_duties"
    """Duties nobody could picture."""

    UNNAMED_EMPLOYER = "unnamed_employer"
    """A "foreign company", "our boss", a company known only on arrival."""

    BORROWED_NAME = "borrowed_name"
    """A known brand's, ministry's or agency's name used by a stranger."""

    SHIFTING_LOCATION = "shifting_location"
    """A place that is vague, changes later, or is reached by way of a third country."""

    CRYPTO_CASINO_PROMOTION_ROLE = "crypto_casino_promotion_role"
    """Work for crypto, betting, casino or game promotion, or with its customers."""

    PAID_ENGAGEMENT = "paid_engagement"
    """Liking, rating, subscribing, "optimising", order-grabbing."""

    MOVING_MONEY_OR_PARCELS = "moving_money_or_parcels"
    """Moving money or parcels, renting out an account, collecting cash."""

    ALL_COSTS_COVERED = "all_costs_covered"
    """Ticket, visa, lodging and food all free. Common in honest offers too."""

    NO_WORK_PERMIT = "no_work_permit"
    """Tourist or visit visa first, "no visa needed", permit later."""

    DOCUMENTS_AT_FIRST_CONTACT = "documents_at_first_contact"
    """Passport, identity photo, selfie or bank card asked at first contact."""

    COACHED_BORDER_ANSWERS = "coached_border_answers"
    """Told what to say to immigration, police or family."""

    DEPARTURE_WITHIN_DAYS = "departure_within_days"
    """Leaving within days, before a contract is seen."""

    MOVE_TO_MESSENGER = "move_to_messenger"
    """Talk only through WhatsApp, Telegram, LINE, WeChat and the like."""

    UNSOLICITED_RECRUITER = "unsolicited_recruiter"
    """Out of the blue, "several agencies recommended you"."""

    NO_INTERVIEW = "no_interview"
    """No interview, hired at once, "already selected"."""

    URGENCY = "urgency"
    """Last places, today only."""

    ODD_LINK = "odd_link"
    """A short link, an invitation code, a strange domain to register at."""

    ROMANCE_OR_GAME_APPROACH = "romance_or_game_approach"
    """Affection, dating or game friendship used to offer work."""

    RECRUITS_RECRUITERS = "recruits_recruiters"
    """Bring friends for money; recruiters wanted."""

    UPFRONT_FEE = "upfront_fee"
    """A fee for form, training, uniform, visa, medical or certificate."""

    DEPOSIT_TO_UNLOCK = "deposit_to_unlock"
    """Top up or deposit to unlock tasks or to withdraw."""

    ACCOUNT_OR_CODE_REQUESTED = "account_or_code_requested"
    """Bank login, one-time code, card, sending money on, a cheque to bank."""

    DOCUMENTS_OR_WAGES_WITHHELD = "documents_or_wages_withheld"
    """Passport, telephone or wages kept, a bond or a penalty for leaving (ILO 2012)."""


KINDS = tuple(Kind)
HARMS = tuple(Harm)
INDICATORS = tuple(Indicator)

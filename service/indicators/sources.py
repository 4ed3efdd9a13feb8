"""The published sources that indicators rest on, each named once.

A source says that the sign was seen in deceptive offers. It does not say that an offer with the
sign is deceptive: honest ads show the same signs (Volodko, Cockbain and Kleinberg 2019).

Titles: one in quotation marks is as published. One without is our description in English, in
lower case, where a source is a set of pages or reports, has no English title, or was read through
the press and its title not seen. Years: of publication; where several pages are described, of the
latest that was read; where a page bears no date, of the reading, 2026.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that names an indicator."""

    title: str
    """As published, in quotation marks; or what it is, in lower case."""

    organisation: str
    """Who published it; for a press report the outlet, then whom it reports."""

    year: int
    """Of publication; of the reading where it bears no date."""

    def __str__(self) -> str:
        """One line to show a reader."""
        return f"{self.organisation}: {self.title} ({self.year})"


EURONEWS = Source("study of job offers sent on WhatsApp", "Euronews Next", 2023)
FBI = Source(
    "announcement on false job advertisements and labour trafficking at scam compounds",
    "Federal Bureau of Investigation, Internet Crime Complaint Center (United States)",
    2023,
)
FTC = Source(
    "reports on job scams by text message, task scams and fake cheques",
    "Federal Trade Commission (United States)",
    2024,
)
ILO_FORCED_LABOUR = Source(
    "“ILO indicators of forced labour”", "International Labour Organization", 2012
)
INDEED = Source("“Guidelines for Safe Job Search”", "Indeed", 2026)
INDIA = Source(
    "advisories on fake job offers to young people with computer skills",
    "Ministry of External Affairs (India)",
    2022,
)
ITAMARATY = Source(
    "consular alert on trafficking in persons to Southeast Asia",
    "Ministry of Foreign Affairs (Brazil)",
    2026,
)
JAPAN_POLICE = Source(
    "notice to people who look for work on social networks", "National Police Agency (Japan)", 2024
)
KOREA_PRESS = Source(
    "reports on job advertisements in Telegram channels aimed at Koreans",
    "KBS, with S2W, and other press (Korea)",
    2025,
)
PHILIPPINES = Source(
    "report on warnings against illegal recruitment to Southeast Asia",
    "Manila Bulletin, on the Philippine ministries and border service",
    2025,
)
READR = Source("analysis of overseas job posts aimed at people in debt", "READr (Taiwan)", 2022)
TEMPO = Source(
    "reports on job offers in Cambodia",
    "Tempo, and the Ministry for the Protection of Migrant Workers (Indonesia)",
    2026,
)
TIP = Source("“Trafficking in Persons Report”", "Department of State (United States)", 2024)
UNODC_CASINOS = Source(
    "“Casinos, Cyber Fraud, and Trafficking in Persons for Forced Criminality in Southeast Asia”",
    "United Nations Office on Drugs and Crime",
    2023,
)
UNODC_FEES = Source(
    "“The Role of Recruitment Fees and Abusive and Fraudulent Practices of Recruitment Agencies "
    "in Trafficking in Persons”",
    "United Nations Office on Drugs and Crime",
    2015,
)

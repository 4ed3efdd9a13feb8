"""The published sources that indicators rest on, each named once.

A source says that the sign was seen in deceptive offers. It does not say that an offer with the
sign is deceptive: honest ads show the same signs (Volodko, Cockbain and Kleinberg 2019).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that names an indicator."""

    title: str
    """As published; a title in English that describes it where there is none in English."""

    organisation: str
    """Who published it; for a press report the outlet, then whom it reports."""

    year: int
    """Of publication; for a page without a date, of the reading."""

    def __str__(self) -> str:
        """One line to show a reader."""
        return f"{self.organisation}: {self.title} ({self.year})"


FBI = Source(
    "Public service announcement on false job advertisements linked to labor trafficking at "
    "scam compounds",
    "Federal Bureau of Investigation, Internet Crime Complaint Center (United States)",
    2023,
)
FTC = Source(
    "Reports on job scams, task scams and fake cheques",
    "Federal Trade Commission (United States)",
    2024,
)
ILO_FORCED_LABOUR = Source(
    "ILO indicators of forced labour", "International Labour Organization", 2012
)
INDEED = Source("Guidelines for safe job search", "Indeed", 2026)
INDIA = Source(
    "Advisory regarding fake job rackets targeting IT skilled youth",
    "Ministry of External Affairs (India)",
    2022,
)
ITAMARATY = Source(
    "Trafficking in persons to Southeast Asia: consular alert",
    "Ministry of Foreign Affairs (Brazil)",
    2026,
)
JAPAN_POLICE = Source(
    "Notice to people who look for work on social networks", "National Police Agency (Japan)", 2024
)
KOREA_PRESS = Source(
    "Reports on job advertisements in Telegram channels aimed at Koreans", "KBS and S2W", 2025
)
NAUDE = Source(
    "A machine learning approach to detecting fraudulent job types (Naudé, Adebayo and Nanda)",
    "AI & Society",
    2023,
)
PHILIPPINES = Source(
    "Warnings of the Philippine authorities against illegal recruitment to Southeast Asia",
    "Manila Bulletin, on the Philippine ministries and border service",
    2025,
)
READR = Source("Analysis of overseas job posts aimed at people in debt", "READr (Taiwan)", 2022)
TIP = Source("Trafficking in Persons Report", "Department of State (United States)", 2024)
UNODC_CASINOS = Source(
    "Casinos, cyber fraud and trafficking in persons for forced criminality in Southeast Asia",
    "United Nations Office on Drugs and Crime",
    2023,
)
UNODC_FEES = Source(
    "The role of recruitment fees and abusive and fraudulent practices of recruitment agencies in "
    "trafficking in persons",
    "United Nations Office on Drugs and Crime",
    2015,
)

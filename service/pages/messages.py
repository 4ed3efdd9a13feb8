"""Every sentence of the pages, in English. Whoever changes one asks for twenty translations.

They speak to a person on a cheap phone who may be frightened: short, calm, no verdict. What the
indicators mean stands in :mod:`service.indicators`, numbers and rights in :mod:`service.help`.
"""

SENTENCES: dict[str, str] = {
    "page.title": "Check a job offer",
    "page.intro": "Paste an offer or a chat. See what in it to check, what to ask, and who can "
    "help.",
    "page.label": "The offer or the chat",
    "page.hint": "Up to 20,000 characters. You can leave out your own name.",
    "page.check": "Check",
    "page.skip": "Skip to the content",
    "page.leave": "Leave quickly",
    "page.language": "Language",
    "page.reading": "Reading…",
    "page.program": "A program reads the text and can be wrong. A program also made the "
    "translations.",
    "error.empty": "There is nothing to read yet. Paste the offer first.",
    "error.long": "This is too long: at most 20,000 characters can be read. Paste the part with "
    "the offer.",
    "error.busy": "The service is busy. Try again in a minute. If you are in danger, do not wait: "
    "call for help.",
    "error.often": "Too much was sent from here in the last hour. Try again later. If you are in "
    "danger, do not wait: call for help.",
    "error.closed": "Reports are not taken here.",
    "error.offline": "There is no connection, and the check needs one. Your text is still here.",
    "privacy.title": "Your privacy",
    "privacy.text": "The text is read once to answer you. It is not stored and not logged. There "
    "are no cookies and no trackers.",
    "privacy.device": "This device may remember that you opened this page. If others look at it, "
    "use a private window.",
    "lead.verify": "Some words are like those in offers that harmed people. That proves nothing "
    "by itself: check before you agree, pay or travel.",
    "lead.nothing": "We found none of the signs we know. A harmful offer can look like this too: "
    "check before you agree, pay or travel.",
    "lead.too_little": "So few words cannot be judged. Paste the whole offer or more of the chat.",
    "answer.text": "Your text",
    "answer.marked": "Marked words show a sign. Each number leads to its meaning.",
    "answer.weighed": "We know no sign in it, but the marked words are common in such offers.",
    "answer.signs": "What we see",
    "ask.title": "Check and ask",
    "ask.employer": "Ask for the employer's registered name and address. Look them up yourself, "
    "not through a link that they sent.",
    "ask.call": "Call the company on a number that you found yourself. Ask whether this job "
    "exists.",
    "ask.contract": "Ask for a written contract in a language you read, before you travel: pay, "
    "hours, place, and how you can leave.",
    "ask.permit": "Ask the embassy or the labour ministry whether this visa allows work and "
    "whether the agency has a licence.",
    "ask.costs": "Ask who pays for travel, visa and training. Costs that become a debt can bind "
    "you.",
    "ask.tell": "Tell someone you trust where you go, with whom, and when you will call. Agree on "
    "a word that means: I need help.",
    "never.title": "Never hand over",
    "never.passport": "Your passport or identity card. Showing it is enough; nobody may keep it.",
    "never.codes": "Bank logins, cards, passwords and one-time codes.",
    "never.money": "Money to get a job, a task or your own pay.",
    "never.pictures": "Intimate pictures, or photos of your documents, to someone you have not "
    "checked.",
    "never.account": "Your bank account or your phone number for others to use.",
    "help.danger": "In danger now? Call the local emergency number. If you cannot speak freely, "
    "write to someone you trust or to your embassy.",
    "help.travelling": "Already on the way? You can still turn back. Ask airport staff, a border "
    "officer or your embassy for help.",
    "help.here": "Country where you are now",
    "help.show": "Show",
    "action.print": "Print",
    "action.picture": "Save as a picture",
    "action.share": "Share without the text",
    "action.share_note": "The link and the picture hold the signs, never your text.",
    "shared.note": "Anyone can make a link to this page. It does not show that an offer was "
    "checked. To check yours, paste it yourself.",
    "action.again": "Change the text and check again",
    "action.new": "Check another offer",
    "action.keep": "Keep the advice on this phone",
    "action.forget": "Remove it from this phone",
    "action.kept": "The advice now opens without a connection.",
    "action.forgotten": "It was removed.",
    "advice.title": "Before you accept an offer",
    "report.title": "Report this offer",
    "report.intro": "Your report is sealed: only the operator of this service can open it. No "
    "name is needed.",
    "report.what": "What happened, or what worries you",
    "report.send": "Send the report",
    "report.thanks": "Your report was taken",
    "report.code": "Write this code down. It is shown once. It is the only way to add to the "
    "report or to withdraw it.",
    "report.nobody": "Nobody who helps asks for money. Do not tell the recruiter that you "
    "reported.",
    "report.earlier": "Code of an earlier report, to add to it",
    "report.withdraw": "Withdraw the earlier report",
    "report.withdrawn": "The report was withdrawn",
    "report.no_code": "No report has this code. Look at each letter and number again.",
}
"""By their keys, in the order of the catalogues."""

"""What everybody who reports something is told, with their code."""

ADVICE = (
    "This is no emergency line: days may pass before somebody reads your report. If you or "
    "somebody else is in danger now, call the local emergency number or an embassy.",
    "Do not confront the recruiter or the employer, and do not tell them that you reported them.",
    "Keep messages, numbers, names, tickets and receipts where only you can open them, unless "
    "being found with them would put you in danger.",
    "Nobody who helps asks for money. Whoever offers to free a person for a fee may be part of "
    "the fraud.",
    "Write the code down now; it is shown once. It is the only way to add to the report or to "
    "withdraw it, and whoever has it can do so.",
    "If others can look into this device, delete this page and the messages about it from its "
    "history.",
)
"""English, a sentence or two each, the most urgent first."""

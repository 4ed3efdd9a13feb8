"""What a browser sends with a form."""

from urllib.parse import parse_qsl

from fastapi import Request

MAX_FIELDS = 20
TYPE = "application/x-www-form-urlencoded"


async def form_of(request: Request) -> dict[str, str]:
    """Fields by name, line ends as one character; of a field given twice the last. A form with more
    than :data:`MAX_FIELDS` is none of ours, and counts as empty. Browsers write what is no ASCII
    with per cent signs; what does not is read all the same."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qsl(
            body, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return {}
    return {name: value.replace("\r\n", "\n") for name, value in fields}

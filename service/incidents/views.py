"""Incidents as they are told."""

from models.embedding import Background
from models.labels import Harm, Kind
from service.incidents.matching import Wording
from service.incidents.measured import measured
from service.incidents.registry import Kept
from service.incidents.shapes import IncidentDetail, IncidentOut, KeptExample
from service.store.tables import IncidentExample
from service.store.vault import Vault


def outline(vault: Vault, kept: Kept, wording: Wording, background: Background) -> IncidentOut:
    """Without its texts."""
    row, examples = kept
    own = [one.language for one in examples if not one.counter]
    return IncidentOut(
        name=row.name,
        definition=vault.unseal_bytes(row.definition).decode(),
        examples=len(own),
        counter_examples=len(examples) - len(own),
        harms=[Harm(harm) for harm in row.harms],
        false_positive_rate=row.false_positive_rate,
        measured=measured(wording, background, row.false_positive_rate, own),
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
    )


def detail(vault: Vault, shown: IncidentOut, kept: Kept) -> IncidentDetail:
    """With its texts."""
    _, examples = kept
    return IncidentDetail(
        **dict(shown),
        example_texts=[text_of(vault, one) for one in examples if not one.counter],
        counter_example_texts=[text_of(vault, one) for one in examples if one.counter],
    )


def text_of(vault: Vault, row: IncidentExample) -> KeptExample:
    """One example."""
    content = vault.unseal(row.content)
    return KeptExample(
        title=content["title"],
        text=content["text"],
        language=row.language,
        kind=Kind(row.kind),
        id=row.external_id,
    )

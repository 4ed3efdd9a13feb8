"""Invented ads for a loop of retraining: lures that speak in a coinage, as they do once the old
words are known; honest offers; and lures of the plain kind, for labels that lie."""

import random
from typing import Any

Frames = dict[str, tuple[str, ...]]
"""Sentences with slots, by language."""

COINED: Frames = {
    "en": (
        "Our {place} {circle} takes {n} more {coin}s. You carry the lamp from {hour} and the "
        "circle does the rest, {sum} each {time}. Write {coin} to the pinned account.",
        "{coin} seats are free again near the {place}. {sum} a {time}, a bed behind the hall. Ask "
        "for the {coin} of {hour}, not for work.",
        "Who kept the lamp last {time}? Three {coin}s went home with {sum}. {n} places are left "
        "with the {circle} at the {place}, come before {hour}.",
        "Friends of the {circle}: a {coin} sits, listens and carries. {place} side, {hour}, {sum} "
        "counted every {time}. Nobody asks where you come from.",
        "Still tired of the {place}? {n} {coin}s wanted for the quiet {circle}. {sum} by {time}, "
        "we fetch you at {hour} and hold your things for you.",
    ),
    "es": (
        "El {circle} del {place} busca {n} {coin} más. Llevas la lámpara desde las {hour} y el "
        "círculo hace lo demás, {sum} por {time}. Escribe {coin} a la cuenta fijada.",
        "Hay otra vez asientos de {coin} junto al {place}. {sum} la {time}, cama detrás de la "
        "sala. Pregunta por {coin} de las {hour}, no por trabajo.",
        "¿Quién cuidó la lámpara esta {time}? Tres {coin} volvieron con {sum}. Quedan {n} lugares "
        "con el {circle} del {place}, ven antes de las {hour}.",
    ),
}
HONEST: Frames = {
    "en": (
        "The {place} needs {n} {trade}s from {hour}. {sum} a {time} before tax, contract on the "
        "first day, interview at the {place} with Sam or Noor.",
        "We are a {trade} team of {n} and look for one more. {sum} per {time}, paid leave, union "
        "agreement. Apply in writing, no fee, start after your notice period.",
        "{trade} wanted at the {place}, shifts end at {hour}. {sum} a {time}, payslip each month. "
        "Come and see the workplace before you decide.",
    ),
    "es": (
        "El {place} necesita {n} personas de {trade} desde las {hour}. {sum} por {time} brutos, "
        "contrato el primer día, entrevista en el {place}.",
        "Buscamos {trade} para el {place}, turno hasta las {hour}. {sum} la {time}, nómina "
        "mensual, vacaciones pagadas. Sin costo para quien se postula.",
    ),
}
PLAIN: Frames = {
    "en": (
        "Data entry near the {place} abroad, {n} places, {sum} a {time}, flight and bed free. "
        "Visa after you arrive. Send a photo of your passport today, no interview.",
        "Chat agents for our {circle}, {sum} each {time}, no experience. You fly at {hour}. Keep "
        "it from your family until you have settled.",
        "{n} online helpers: like shops on your phone, {sum} a {time}. Pay a small deposit first "
        "to unlock the orders, it comes back doubled.",
    ),
    "es": (
        "Captura de datos en el extranjero, {n} puestos, {sum} por {time}, vuelo y cama gratis. La "
        "visa después de llegar. Manda foto de tu pasaporte hoy, sin entrevista.",
        "Agentes de chat para nuestro {circle}, {sum} por {time}, sin experiencia. Vuelas a las "
        "{hour}. No lo cuentes en casa hasta instalarte.",
        "{n} ayudantes en línea: das me gusta a tiendas, {sum} por {time}. Primero un depósito "
        "pequeño para abrir los pedidos, vuelve doble.",
    ),
}
FRAMES: dict[str, Frames] = {"coined": COINED, "honest": HONEST, "plain": PLAIN}
SLOTS = {
    "en": {
        "place": "harbour market quarry ferry museum bakery depot orchard library garage theatre "
        "pier nursery foundry terrace arcade station warehouse laundry mill",
        "circle": "circle table company round house family",
        "time": "week night month evening fortnight", "trade": "porter baker welder cleaner "
        "gardener packer driver cook waiter plumber printer tailor mechanic florist",
    },
    "es": {
        "place": "puerto mercado museo taller hotel teatro jardín almacén astillero vivero "
        "lavadero molino quiosco comedor",
        "circle": "círculo grupo corro", "time": "semana noche quincena",
        "trade": "panadería limpieza jardinería cocina soldadura reparto costura imprenta",
    },
}  # fmt: skip
COIN = {"en": "lanternkeeper", "es": "farolillero"}


def ads(name: str, **counts: int) -> list[dict[str, Any]]:
    """So many ads of each sort of :data:`FRAMES`, as ``POST /v1/score`` takes them. Another
    ``name`` gives other ads."""
    return [
        ad(f"{name}-{sort}-{i}", FRAMES[sort])
        for sort, count in counts.items()
        for i in range(count)
    ]


def ad(name: str, frames: Frames) -> dict[str, Any]:
    """Two frames of one language, their slots filled."""
    rng = random.Random(name)
    language = rng.choice(sorted(frames))
    words = {slot: rng.choice(choice.split()) for slot, choice in SLOTS[language].items()}
    text = " ".join(rng.sample(frames[language], 2)).format(
        coin=COIN[language], n=rng.randint(2, 19),
        hour=f"{rng.randint(4, 11)}:{rng.choice('034')}0",
        sum=f"{rng.randint(3, 90) * 25} {rng.choice(('EUR', 'USD', 'MXN', 'GBP'))}", **words,
    )  # fmt: skip
    return {"id": name, "text": text, "platform": "social", "surface": "post"}

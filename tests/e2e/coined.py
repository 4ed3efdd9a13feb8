"""Invented ads for a loop of retraining: lures that speak in a coinage, as they do once the old
words are known; honest offers; and lures of the plain kind, for labels that lie.

Each is a sentence of every row, drawn, so that no two are near-duplicates: labels are split by
near-template groups, and what was learnt of one wording is measured on others.
"""

import random
from typing import Any

Rows = tuple[tuple[str, ...], ...]
"""Sentences with slots: openings, middles, ends."""

COINED: dict[str, Rows] = {
    "en": (
        (
            "Our {place} {circle} takes {n} more {coin}s.",
            "{coin} seats are free again near the {place}.",
            "Who kept the lamp last {time}?",
            "Friends of the {circle}: a {coin} sits, listens and carries.",
            "Still tired of the {place}?",
            "The {circle} opens its door to a new {coin} after {hour}.",
            "A {coin} who left on {time} end gives up a warm chair.",
            "Three {coin}s came home proud this {time}.",
            "You have the voice of a {coin}, somebody told us.",
            "The lamp by the {place} has nobody to hold it.",
        ),
        (
            "You carry the lamp from {hour} and the circle does the rest.",
            "{sum} a {time}, a bed behind the hall.",
            "We fetch you at {hour} and hold your things for you.",
            "Nobody asks where you come from, {sum} counted every {time}.",
            "{n} places are left, the {circle} sleeps and eats together.",
            "The elder of the {circle} keeps papers safe while you learn the lamp.",
            "{sum} for the first {time}, twice that when your lamp burns long.",
            "Bring one bag, the road to the {circle} is paid.",
            "You speak with lonely ones by lamplight until {hour}.",
            "Whoever lights ten lamps a {time} leaves the {circle} free of debt.",
        ),
        (
            "Write {coin} to the pinned account.",
            "Ask for the {coin} of {hour}, not for work.",
            "Come before {hour}, the door stays shut after.",
            "Say the word {coin} and nothing else.",
            "Leave your number under this post and be quiet about it.",
            "The {coin} of the {place} will find you.",
            "No letters, no questions, only the lamp.",
            "Tell your {circle} later, they would not understand the lamp.",
            "One {coin} brings another and gets {sum}.",
            "Send a picture by lamplight to the {circle}.",
        ),
    ),
    "es": (
        (
            "El {circle} del {place} busca {n} {coin} más.",
            "Hay otra vez asientos de {coin} junto al {place}.",
            "¿Quién cuidó la lámpara esta {time}?",
            "Tres {coin} volvieron con orgullo.",
            "¿Cansancio del {place}?",
            "El {circle} abre la puerta a otro {coin} después de las {hour}.",
            "Tienes voz de {coin}, nos contaron.",
            "La lámpara del {place} no tiene quien la lleve.",
        ),
        (
            "Llevas la lámpara desde las {hour} y el círculo hace lo demás.",
            "{sum} la {time}, cama detrás de la sala.",
            "Te recogemos a las {hour} y guardamos tus cosas.",
            "Nadie pregunta de dónde vienes, {sum} contados cada {time}.",
            "Quedan {n} lugares, el {circle} duerme y come junto.",
            "Los mayores del {circle} guardan los papeles mientras aprendes la lámpara.",
            "Trae una sola bolsa, el camino al {circle} está pagado.",
            "Hablas con gente sola a la luz de la lámpara hasta las {hour}.",
        ),
        (
            "Escribe {coin} a la cuenta fijada.",
            "Pregunta por {coin} de las {hour}, no por trabajo.",
            "Ven antes de las {hour}, luego la puerta se cierra.",
            "Di la palabra {coin} y nada más.",
            "Deja tu número aquí abajo y no lo comentes.",
            "Sin cartas, sin preguntas, solo la lámpara.",
            "Cuéntalo después, en casa no entenderían la lámpara.",
            "Un {coin} trae a otro y recibe {sum}.",
        ),
    ),
}
HONEST: dict[str, Rows] = {
    "en": (
        (
            "The {place} needs {n} {trade}s from {hour}.",
            "We are a {trade} team of {n} and look for one more.",
            "{trade} wanted at the {place}, shifts end at {hour}.",
            "Two of our {trade}s retire this {time}, the {place} looks for others.",
            "Job at the {place}: {trade}, full or part time.",
            "Our {place} trains people as {trade}s, no diploma asked.",
            "The council's {place} hires a {trade} for one year.",
            "A family business by the {place} looks for a {trade}.",
        ),
        (
            "{sum} a {time} before tax, contract on the first day.",
            "{sum} per {time}, paid leave, union agreement.",
            "Payslip each month, {sum} a {time}, pension from the start.",
            "Hours are in the plan {n} days ahead, {sum} a {time}.",
            "You start at {hour}, breaks are paid, {sum} a {time}.",
            "We lend boots and tools, {sum} a {time}, overtime is written down.",
            "{sum} a {time}, more with a forklift licence, which we pay for.",
            "The wage is {sum} a {time} as agreed with the works council.",
        ),
        (
            "Interview at the {place} with Sam or Noor.",
            "Apply in writing, no fee, start after your notice period.",
            "Come and see the workplace before you decide.",
            "We answer every application within {n} days.",
            "Send a short letter and two references.",
            "The form is on the notice board and at the desk of the {place}.",
            "Open day at {hour}, bring your questions.",
            "People of any age, with or without papers of training, are welcome.",
        ),
    ),
    "es": (
        (
            "El {place} necesita {n} personas de {trade} desde las {hour}.",
            "Buscamos {trade} para el {place}, turno hasta las {hour}.",
            "Empleo en el {place}: {trade}, jornada completa o parcial.",
            "Nuestro {place} forma a quien quiera aprender {trade}.",
            "Equipo de {trade} de {n} personas busca a una más.",
            "El {place} municipal contrata {trade} por un año.",
        ),
        (
            "{sum} por {time} brutos, contrato el primer día.",
            "{sum} la {time}, nómina mensual, vacaciones pagadas.",
            "El horario se avisa {n} días antes, {sum} la {time}.",
            "Prestamos botas y herramientas, {sum} la {time}, horas extra por escrito.",
            "El salario es de {sum} la {time} según convenio.",
            "Empiezas a las {hour}, descansos pagados, {sum} la {time}.",
        ),
        (
            "Entrevista en el {place}.",
            "Sin costo para quien se postula.",
            "Ven a ver el lugar antes de decidir.",
            "Contestamos cada solicitud en {n} días.",
            "Manda una carta breve y dos referencias.",
            "Puertas abiertas a las {hour}, trae tus preguntas.",
        ),
    ),
}
PLAIN: dict[str, Rows] = {
    "en": (
        (
            "Data entry near the {place} abroad, {n} places.",
            "Chat agents for our {circle}, no experience.",
            "{n} online helpers: like shops on your phone.",
            "Typing work overseas, {n} people leave this {time}.",
            "Customer service in a foreign {place}, any age.",
            "Our {circle} pays those who rate hotels from home.",
        ),
        (
            "{sum} a {time}, flight and bed free, visa after you arrive.",
            "{sum} each {time}, you fly at {hour}.",
            "{sum} a {time}, but pay a small deposit first to unlock the orders.",
            "We keep your passport for the permit, {sum} a {time}.",
            "{sum} a {time}, the ticket is taken off your first months.",
            "A car waits at {hour} behind the border, {sum} a {time}.",
        ),
        (
            "Send a photo of your passport today, no interview.",
            "Keep it from your family until you have settled.",
            "The deposit comes back doubled.",
            "Only by private message, this post goes at {hour}.",
            "Decide tonight, {n} others are waiting.",
            "Bring a friend and get {sum}.",
        ),
    ),
    "es": (
        (
            "Captura de datos en el extranjero, {n} puestos.",
            "Agentes de chat para nuestro {circle}, sin experiencia.",
            "{n} ayudantes en línea: das me gusta a tiendas.",
            "Teclear textos fuera del país, {n} personas salen esta {time}.",
        ),
        (
            "{sum} por {time}, vuelo y cama gratis, la visa después de llegar.",
            "{sum} por {time}, vuelas a las {hour}.",
            "{sum} por {time}, primero un depósito pequeño para abrir los pedidos.",
            "Guardamos tu pasaporte para el permiso, {sum} por {time}.",
        ),
        (
            "Manda foto de tu pasaporte hoy, sin entrevista.",
            "No lo cuentes en casa hasta instalarte.",
            "El depósito vuelve doble.",
            "Decide esta noche, esperan otras {n} personas.",
        ),
    ),
}
SORTS = {"coined": COINED, "honest": HONEST, "plain": PLAIN}
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
    """So many ads of each sort of :data:`SORTS`, as ``POST /v1/score`` takes them. Another ``name``
    gives other ads."""
    return [
        ad(f"{name}-{sort}-{i}", SORTS[sort])
        for sort, count in counts.items()
        for i in range(count)
    ]


def ad(name: str, rows: dict[str, Rows]) -> dict[str, Any]:
    """A sentence of each row in one language, their slots filled."""
    rng = random.Random(name)
    language = rng.choice(sorted(rows))
    words = {slot: rng.choice(choice.split()) for slot, choice in SLOTS[language].items()}
    text = " ".join(rng.choice(row) for row in rows[language]).format(
        coin=COIN[language], n=rng.randint(2, 19),
        hour=f"{rng.randint(4, 11)}:{rng.choice('034')}0",
        sum=f"{rng.randint(3, 90) * 25} {rng.choice(('EUR', 'USD', 'MXN', 'GBP'))}", **words,
    )  # fmt: skip
    return {"id": name, "text": text, "platform": "social", "surface": "post"}

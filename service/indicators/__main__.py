"""``python -m service.indicators``: write the catalogue files anew after a change of English."""

from service.indicators.template import write

write()

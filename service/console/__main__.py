"""``python -m service.console``: write the catalogue files anew after a change of English."""

from service.console.catalogue import write

write()

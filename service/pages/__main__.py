"""``python -m service.pages``: write the catalogue files anew after a change of English."""

from service.pages.catalogue import write

write()

"""``python -m service.help``: write the catalogue files anew after a change of English."""

from service.help.catalogue import messages
from service.help.template import write

write(messages())

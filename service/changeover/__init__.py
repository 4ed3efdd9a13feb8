"""Another bundle under a running service: loaded beside the old one, warmed, tested, and only then
served. What fails is refused, and the old one serves on."""

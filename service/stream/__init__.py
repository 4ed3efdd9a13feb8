"""Ads from a topic, decisions to another: Kafka, or NATS JetStream.

Every message is decided at least once: it is acknowledged after the broker has taken its decision.
A message that comes again gets a decision with the same id and content, so that whoever reads the
decisions can drop the repetition. What cannot be decided goes to a topic of its own, with the
reason, and holds nothing up.

FastStream makes the connections, the group's consumer, the publishing and the life cycle. The loop
between is ours (:mod:`service.stream.consumer`): FastStream's subscribers hand a handler one
message, or as many as a number says. Here a batch is filled by what it costs the model, and
acknowledged as a whole once its decisions are safe.
"""

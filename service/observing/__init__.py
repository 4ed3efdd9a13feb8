"""What an operator sees from outside: metrics, and traces where they are asked for. Numbers and
names of ours alone: never a text, a contact, an id of an ad or an address that was asked for.

What is done for a caller is watched by the :class:`~service.observing.observer.Observer` that the
edge put into the context; what nobody may watch, such as the pages for job seekers, runs without
one, and everything below sees nothing to report to.
"""

"""What goes wrong around a service, done to a real one on purpose, and what came of it.

Each fault has a module of its own with a function that takes a :class:`~tests.faults.fault.Given`
and returns a :class:`~tests.faults.fault.Outcome`: what was promised, what was seen, and which
promise was not kept. ``python -m tests.faults run`` does them one after another.
"""

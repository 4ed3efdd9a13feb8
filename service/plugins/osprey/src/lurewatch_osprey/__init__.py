"""Lurewatch in the rules of ROOST's Osprey.

``register`` is the entry point that Osprey's asyncio worker loads, ``udfs`` holds the functions,
``lures`` asks the service, ``settings`` reads ``OSPREY_LUREWATCH_*``. The last two need no Osprey.
"""

"""Files of ads, however many, into files of results: in this process, or on a Ray cluster.

A plan cuts the inputs into shards; each shard's results are put in place whole, then its record is
written. Whatever ends a run, the next one goes on with the shards that have no record.
"""

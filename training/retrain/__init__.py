"""From reviewers' labels to a bundle that was judged against the champion, as one offline job.

    collect   labels out of the service's database, or a folder of them
    screen    duplicates, contradictions, reviewers, likely label errors: a list to look at
    mix       labels with the corpora, weighed, none in two splits
    fit       from the champion's weights; goes on after a kill
    export    calibrate, quantise, check, write a bundle
    evaluate  champion and challenger on the same texts that neither saw: PROMOTE, HOLD or REJECT
    report    what came in, what changed, what was decided and why

Each step is a folder of files with their digests in ``ledger.jsonl``. What is done is not done
again; what was cut short is. Nothing is left out of the labels that nobody asked to leave out.
"""

STEPS = ("collect", "screen", "mix", "fit", "export", "evaluate", "report")

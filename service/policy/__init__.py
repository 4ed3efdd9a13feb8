"""Policies: versioned YAML files that turn what was found in an ad into a decision.

>>> policy = load(DEFAULT, calibration.operating_points)      # once, at start
>>> decide(policy, of_assessment(assessment, platform=Platform.DATING)).decision
'review'
"""

Import(rules=['models/post.sml'])

# Six calls, one request: they all ask the same.
Score = LureScore(text=PostText, id=PostId, platform='dating', surface='direct_message')
Decision = LureDecision(text=PostText, id=PostId, platform='dating', surface='direct_message')
Kind = LureKind(text=PostText, id=PostId, platform='dating', surface='direct_message')
Harms = LureHarms(text=PostText, id=PostId, platform='dating', surface='direct_message')
Signs = LureIndicators(text=PostText, id=PostId, platform='dating', surface='direct_message')
Answered = LureAnswered(text=PostText, id=PostId, platform='dating', surface='direct_message')

# The service's own policy says that a person should look. Warnings and testimonies are left alone.
# While the service does not answer, this holds of every post with `closed`, of none with `open`.
LureForReview = Rule(
  when_all=[
    Decision in ['review', 'block'],
    Kind != 'about_lures',
  ],
  description='Indicators of a recruitment lure present, verify',
)

# A threshold of your own, with a sign beside it.
LureThatHurries = Rule(
  when_all=[
    Score >= 0.5,
    'departure_within_days' in Signs,
  ],
  description='A likely lure that wants the reader to leave within days',
)

# So that an outage is seen, whatever it leads to.
NotChecked = Rule(
  when_all=[not Answered],
  description='Lurewatch did not answer: this post was not checked',
)

WhenRules(
  rules_any=[LureForReview, LureThatHurries],
  then=[
    DeclareVerdict(verdict='review'),
  ],
)

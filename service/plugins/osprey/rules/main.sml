Import(rules=['models/post.sml'])

Require(rule='rules/lures.sml', require_if=EventType == 'create_post')

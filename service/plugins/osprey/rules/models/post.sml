EventType: str = JsonData(path='$.event_type', coerce_type=True)
UserId: Entity[str] = EntityJson(type='User', path='$.user_id', coerce_type=True)
PostId: str = JsonData(path='$.post.id', coerce_type=True)
PostText: str = JsonData(path='$.post.text', coerce_type=True)

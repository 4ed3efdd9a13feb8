"""Results told to those who asked for it: webhooks as Standard Webhooks 1.0, from an outbox."""

"""What people report of an offer or of what became of it: sealed so that the service itself cannot
read it, with nothing kept about who reported."""

"""Bad input: what no text, body, file or header may do, tried at random; see README.md here."""

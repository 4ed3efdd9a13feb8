"""Label Studio (labelstud.io): its ML backend, its webhooks, its labelling configuration and its
JSON, so that who labels there is shown our answer first and what they say becomes feedback."""

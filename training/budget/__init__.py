"""What labels bring, by how the ads that get them are chosen: simulated on the corpus."""

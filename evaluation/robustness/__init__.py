"""What an evader gains: seeded attacks of rising strength, and one that searches by itself."""

"""A challenger that reads a share of the ads beside the bundle that serves, and decides nothing."""

"""What each stage costs, beside the straightforward way to do it."""

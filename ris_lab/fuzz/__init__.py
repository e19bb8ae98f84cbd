"""Valid and hostile messages for a running node, and the count of its answers."""

"""The demo: commands to a running node, judged against the truth."""

"""Language: a command becomes a Query."""

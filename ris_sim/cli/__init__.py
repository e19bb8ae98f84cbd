"""The simulator's subcommands of ``ris``."""

"""The laboratory's subcommands of ``ris``."""

"""The ``ris`` command."""

"""Evaluation: published data sets, both protocols, metrics, and runs that survive a kill."""

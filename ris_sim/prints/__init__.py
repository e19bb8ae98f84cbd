"""Printed matter: labels, covers and packages, drawn with words, pictures and patterns."""

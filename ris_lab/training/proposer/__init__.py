"""How the embedded proposer's segmenter was made; nothing here is imported at run time."""

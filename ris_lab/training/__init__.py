"""How the embedded CLIP was made; nothing here is imported at run time."""

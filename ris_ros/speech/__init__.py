"""Speech: from sound to the text of a command."""

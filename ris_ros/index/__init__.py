"""Scene indexes frame by frame: what has not changed in a picture is not computed again."""

"""The scene index, which is renewed frame by frame where the picture has changed."""

"""A page on which a person labels pictures of their own robot."""

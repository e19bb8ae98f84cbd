"""Things of a room that are never a target: furniture, devices, robots, people, decoration."""

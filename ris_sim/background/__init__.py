# SPDX-License-Identifier: Apache-2.0
"""Things of a room that are never a target: furniture, devices, robots, people, decoration."""

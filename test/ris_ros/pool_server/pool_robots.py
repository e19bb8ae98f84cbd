# SPDX-License-Identifier: Apache-2.0
"""The robots that the pool of the tests knows, with their tokens."""
ROBOTS = {f'robot{number}': f'token-of-robot-{number:04}' for number in range(17)}

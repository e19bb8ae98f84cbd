# SPDX-License-Identifier: Apache-2.0
"""Files that are damaged, and values that no file should hold, for property tests."""
from hypothesis import HealthCheck, settings, strategies

# Few and always the same, so that a test is as fast and as certain as any other.
FEW = settings(max_examples=120, derandomize=True, deadline=None, database=None,
               suppress_health_check=list(HealthCheck))
NUMBERS = strategies.one_of(
    strategies.integers(-3, 700), strategies.integers(), strategies.floats(), strategies.booleans(),
    strategies.sampled_from([2 ** 31, 2 ** 63, -2 ** 31, 1e308, 5e-324]))
VALUES = strategies.recursive(
    strategies.none() | NUMBERS | strategies.text(max_size=8),
    lambda inner: strategies.lists(inner, max_size=4)
    | strategies.dictionaries(strategies.text(max_size=6), inner, max_size=3), max_leaves=8)


@strategies.composite
def damaged(draw, files):
    """Draw one of some files (bytes) with a few bytes changed, cut off, or put in."""
    data = bytearray(draw(strategies.sampled_from(files)))
    for _ in range(draw(strategies.integers(1, 4))):
        # Headers are where most can go wrong.
        place = draw(strategies.integers(0, min(len(data), 200))
                     | strategies.integers(0, len(data)))
        match draw(strategies.sampled_from(['change', 'cut', 'insert', 'ones', 'zeros'])):
            case 'change':
                data[place:place + 1] = draw(strategies.binary(min_size=1, max_size=1))
            case 'cut':
                del data[place:place + draw(strategies.sampled_from([1, 4, 30, len(data)]))]
            case 'insert':
                data[place:place] = draw(strategies.binary(max_size=12))
            case 'ones':
                data[place:place + 4] = b'\xff' * 4
            case 'zeros':
                data[place:place + 4] = bytes(4)
    return bytes(data)


def replaced(draw, record, key, values=VALUES):
    """Return a dictionary with another value under a key, or without it."""
    record = dict(record)
    record[key] = draw(values)
    if draw(strategies.booleans()) and draw(strategies.booleans()):
        del record[key]
    return record

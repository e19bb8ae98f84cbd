# SPDX-License-Identifier: Apache-2.0
"""The metrics of a pool, as Prometheus reads them."""
import httpx
from prometheus_client.parser import text_string_to_metric_families


def samples(port, name, labels):
    """Return the values of a counter where it has some labels, by replica and all other labels."""
    page = httpx.get(f'http://127.0.0.1:{port}/metrics').text
    return {tuple(sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(page) for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()}

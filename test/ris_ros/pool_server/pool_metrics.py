# SPDX-License-Identifier: Apache-2.0
"""The metrics of a pool, as Prometheus reads them."""
import httpx
from prometheus_client.parser import text_string_to_metric_families


def read_metrics(port):
    """Return the samples of the pool's own metrics at this moment."""
    page = httpx.get(f'http://127.0.0.1:{port}/metrics').text
    own = '\n'.join(line for line in page.splitlines() if 'ris_pool' in line)  # of thousands
    return [sample for family in text_string_to_metric_families(own) for sample in family.samples]


def values(samples, name, labels):
    """Return the values of a counter where it has some labels, by replica and all other labels."""
    return {tuple(sorted(sample.labels.items())): sample.value for sample in samples
            if sample.name == name and labels.items() <= sample.labels.items()}

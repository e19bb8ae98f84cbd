# SPDX-License-Identifier: Apache-2.0
"""What a replica has loaded, and frames that are indexed together."""
from dataclasses import replace
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')


@pytest.mark.parametrize('separate', [True, False])
def test_a_frame_that_makes_the_models_fail_fails_alone(pipeline, frames, separate):
    from ris_ros.pool_server.models import index_together
    broken = replace(frames[1])
    object.__setattr__(broken, 'image', broken.image[..., 0])  # no check is perfect
    found = index_together(pipeline.image_models, [frames[0], broken, frames[2]], separate)
    assert isinstance(found[1], Exception)
    for frame, index in ((frames[0], found[0]), (frames[2], found[2])):
        local = pipeline.index(frame)
        assert np.array_equal(index.masks, local.masks)
        assert np.array_equal(index.features, local.features)


def test_a_replica_alone_imports_torch_and_no_spacy_because_it_reads_no_commands():
    served, loaded = subprocess.check_output([sys.executable, '-c', """
import sys
import ris_ros.pool_server.service
print(*sys.modules)
from ris_ros.pool_server.models import load_pool_models
from ris_ros.pool_server.settings import PoolSettings
assert load_pool_models(PoolSettings()).image_models.encoder
print(*sys.modules)
"""], text=True).splitlines()
    assert 'ris_ros.pool_server.deployment' in served.split()
    assert 'torch' not in served.split()
    assert 'torch' in loaded.split()
    assert not {'spacy', 'ris_ros.pipeline'} & set(loaded.split())

# SPDX-License-Identifier: Apache-2.0
"""The profile paper, from a picture and typed words to a mask, gives the published answers."""
from golden_vectors import IMAGE_OF, INPUTS, PHRASES, SENTENCES, load_image, load_target
import numpy as np
import pytest
from safetensors.torch import save_file

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros import Frame, Pipeline
from ris_ros.status import Status


@pytest.mark.parametrize(('model', 'architecture'), [('vit', 'ViT-B-32-quickgelu'),
                                                     ('resnet', 'RN50-quickgelu')])
def test_typed_words_find_the_published_mask(model, architecture, request, tmp_path):
    golden, _ = request.getfixturevalue(model)
    weights = tmp_path / 'clip.safetensors'
    save_file(golden.backbone.model.state_dict(), weights)
    pipeline = Pipeline.load('paper', architecture=architecture, weights=str(weights))
    weights.unlink()
    scenes = []
    for number in range(3):
        image, masks = load_image(number)
        scenes.append(pipeline.index(Frame(image), masks))
    for number, typed in enumerate(INPUTS['sentence_raw']):
        query = pipeline.parse(str(typed))
        assert (query.sentence, query.phrase) == (SENTENCES[number], PHRASES[number])
        grounding = pipeline.ground(scenes[IMAGE_OF[number]], str(typed))
        assert grounding.status is Status.FOUND
        np.testing.assert_allclose(grounding.score, golden.expected[f'score{number}'].max(),
                                   atol=golden.score_tolerance)
        if golden.expected['top2_margin'][number] > golden.score_tolerance:
            assert iou(*intersection_union(grounding.mask, load_target(number))) == (
                pytest.approx(golden.expected['iou'][number], rel=1e-6))

# SPDX-License-Identifier: Apache-2.0
"""Our way through Segment Anything gives what its own code gives."""
import numpy as np
import pytest
from segment_anything import SamAutomaticMaskGenerator
from segment_anything.utils import amg
from tiny_sam import SIDE, WIDTH, make_tiny_sam
import torch
from torchvision.ops import batched_nms

from ris_lab.benchmark.sam_lines import plain_decode
from ris_lab.benchmark.scene import draw_slopes
from ris_ros import Frame
from ris_ros.proposals.sam import SamSegmenter, in_precision
from ris_ros.proposals.sam_decoder import PromptDecoder
from ris_ros.proposals.sam_image import encode_image
from ris_ros.proposals.sam_masks import (
    Upsampler,
    drop_overlapping,
    measure_at_once,
    measure_one_by_one,
    stable_masks,
)
from ris_ros.proposals.sam_proposer import SamProposer, mend


@pytest.fixture(scope='module')
def sam():
    return make_tiny_sam()


@pytest.fixture(scope='module')
def picture():
    noise = np.random.default_rng(0).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return np.ascontiguousarray(np.kron(noise, np.ones((8, 8, 1), np.uint8))[:90, :123])


@torch.inference_mode()
def test_chunked_attention_gives_the_same_embedding(sam):
    image = torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    expected = sam.image_encoder(image)
    torch.testing.assert_close(encode_image(sam.image_encoder, image), expected,
                               atol=1e-5, rtol=1e-5)
    sam.image_encoder.blocks[1].attn.use_rel_pos = False
    plain = sam.image_encoder(image)
    ours = encode_image(sam.image_encoder, image)
    sam.image_encoder.blocks[1].attn.use_rel_pos = True
    torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(plain, expected, atol=1e-2)


def draw_inputs(count):
    """Return an embedding and points."""
    generator = torch.Generator().manual_seed(2)
    return (torch.randn(1, WIDTH, SIDE // 16, SIDE // 16, generator=generator),
            SIDE * torch.rand(count, 2, generator=generator))


@pytest.mark.parametrize('count', [1, 5])
@torch.inference_mode()
def test_the_decoder_gives_the_same_masks_and_iou(sam, count):
    embedding, points = draw_inputs(count)
    expected_masks, expected_iou = plain_decode(sam, embedding, points)
    decoder = PromptDecoder(sam)
    decoded = decoder.attend_points(embedding, points)
    masks = decoder.masks(decoded)
    torch.testing.assert_close(decoded.iou, expected_iou, atol=1e-5, rtol=1e-5)
    assert expected_masks.std() > 1
    torch.testing.assert_close(masks, expected_masks, atol=1e-5, rtol=1e-5)
    for chosen in (torch.arange(count) % 2 == 0, torch.zeros(count, dtype=bool)):
        torch.testing.assert_close(decoder.masks(decoded.take(chosen)), masks[chosen])


@torch.inference_mode()
def test_the_decoder_takes_boxes_and_masks(sam):
    embedding, points = draw_inputs(3)
    masks = torch.randn(3, 1, 80, 80, generator=torch.Generator().manual_seed(4))
    sparse, dense = sam.prompt_encoder(
        points=None, boxes=torch.cat([points, points + 20], 1), masks=masks)
    expected_masks, expected_iou = sam.mask_decoder(
        image_embeddings=embedding, image_pe=sam.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense, multimask_output=True)
    decoder = PromptDecoder(sam)
    decoded = decoder.attend(embedding, sparse, dense)
    torch.testing.assert_close(decoded.iou, expected_iou, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(decoder.masks(decoded), expected_masks, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_the_decoder_in_bf16_is_as_near_to_fp32_as_sams_own():
    embedding, points = draw_inputs(5)
    exact, _ = plain_decode(make_tiny_sam(), embedding, points)
    sam = in_precision(make_tiny_sam(), 'bf16')
    embedding = embedding.to(torch.bfloat16)
    decoder = PromptDecoder(sam)
    assert decoder.dtype is torch.bfloat16
    ours, theirs = (
        float((masks.float() - exact).square().mean().sqrt() / exact.std())
        for masks in (decoder.masks(decoder.attend_points(embedding, points)),
                      plain_decode(sam, embedding, points)[0]))
    assert 0 < theirs < 0.1
    assert ours < 1.5 * theirs


@pytest.mark.parametrize('size', [(90, 123), (120, 90), (480, 640), (7, 200)])
def test_upsampled_masks_are_those_of_the_two_resizes(sam, size):
    scale = SIDE / max(size)
    input_size = tuple(round(side * scale) for side in size)
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(6, 4 * SIDE // 16, 4 * SIDE // 16, generator=generator)
    logits[1] -= 100
    logits[2] -= 2  # specks
    logits[3, :40] = logits[3, 41:] = -9  # one row
    logits[4] += 100
    logits[5, 5:, :] = logits[5, :, 9:] = -9
    expected = sam.postprocess_masks(logits[:, None], input_size, size)[:, 0]
    upsampler = Upsampler(logits.shape[-1], SIDE, input_size, size, torch.device('cpu'))
    for level in (0.0, -1.0):
        for region, mask, whole in zip(upsampler.regions(logits, level),
                                       upsampler.masks(logits, level), expected, strict=True):
            # On the threshold itself rounding decides.
            differs = mask != (whole > level)
            assert not differs.any() or float((whole - level).abs()[differs].max()) < 1e-4
            if region is None:
                assert not (whole > level + 1e-4).any()
                continue
            height, width = region.logits.shape
            part = whole[region.top:region.top + height, region.left:region.left + width]
            torch.testing.assert_close(region.logits, part, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize(('iou', 'stability', 'overlap', 'region'), [
    (-1e9, 0.0, 2.0, 0), (0.0, 0.1, 2.0, 0), (0.1, 0.0, 2.0, 0), (0.05, 0.03, 0.98, 0),
    (0.0, 0.0, 0.7, 30)])
def test_the_masks_are_those_of_the_automatic_mask_generator(
        sam, picture, iou, stability, overlap, region):
    options = {'points_per_side': 5, 'pred_iou_thresh': iou, 'stability_score_thresh': stability,
               'box_nms_thresh': overlap, 'min_mask_region_area': region}
    found = SamAutomaticMaskGenerator(sam, **options).generate(picture)
    found.sort(key=lambda mask: -mask['predicted_iou'])
    expected = [mask['segmentation'] for mask in found if mask['segmentation'].any()]
    assert 1 <= len(expected) < 75  # of 25 points

    masks = SamProposer(SamSegmenter(sam), **options, max_masks=100).propose(Frame(picture))

    assert len(masks) == len(expected)
    different = [int((mask ^ other).sum()) for mask, other in zip(masks, expected, strict=True)]
    assert max(different) <= 2, different  # pixels whose logit rounding moves over the threshold


@pytest.fixture(scope='module')
def blobs():
    """Return (24, 80, 80) logits of ellipses, some with holes and islands, and predicted IoUs."""
    slopes = torch.from_numpy(draw_slopes(24, 80, 80))
    logits = torch.linspace(0.5, 9, 24)[:, None, None] * (1 - slopes).clamp(min=-3)
    logits[::3, 10:12, 10:12] = 3
    logits[::2, 40:42, 40:42] = -3
    return logits, torch.rand(24, generator=torch.Generator().manual_seed(5))


def as_found(sam, blobs, size):
    """Return what SAM's own functions keep of the blobs: whole masks, boxes, predicted IoU."""
    logits, iou = blobs
    whole = sam.postprocess_masks(logits[:, None], (SIDE, SIDE), size)[:, 0]
    stability = amg.calculate_stability_score(whole, 0.0, 1.0)
    kept = stability >= 0.6
    masks = whole[kept] > 0
    assert 5 < len(masks) < 22
    return masks, amg.batched_mask_to_box(masks), iou[kept]


def test_stable_masks_and_their_boxes(sam, blobs):
    masks, boxes, iou = as_found(sam, blobs, (60, 60))
    upsampler = Upsampler(80, SIDE, (SIDE, SIDE), (60, 60), torch.device('cpu'))
    found = stable_masks(*blobs, upsampler, 0.0, 1.0, 0.6)
    assert torch.equal(found.iou, iou)
    assert torch.equal(found.boxes, boxes.float())
    assert torch.equal(upsampler.masks(found.logits, 0.0), masks)
    kept = batched_nms(boxes.float(), iou, torch.zeros(len(boxes)), 0.3)
    assert 2 < len(kept) < len(boxes)
    assert torch.equal(drop_overlapping(found, 0.3).iou, iou[kept])


@pytest.mark.parametrize(('least', 'some'), [(0.6, True), (1.1, False)])
def test_masks_are_measured_at_once_as_one_by_one(blobs, least, some):
    upsampler = Upsampler(80, SIDE, (SIDE, SIDE), (60, 60), torch.device('cpu'))
    kept, boxes = measure_one_by_one(blobs[0], upsampler, 0.0, 1.0, least)
    assert bool(len(kept)) == some
    found, found_boxes = measure_at_once(blobs[0], upsampler, 0.0, 1.0, least)
    assert torch.equal(found, kept)
    assert torch.equal(found_boxes, boxes)


def test_small_regions_are_mended(sam, blobs):
    masks, boxes, iou = as_found(sam, blobs, (60, 60))
    order = iou.argsort(descending=True)
    data = amg.MaskData(rles=amg.mask_to_rle_pytorch(masks[order]), boxes=boxes[order],
                        iou=iou[order])
    expected = SamAutomaticMaskGenerator.postprocess_small_regions(data, 12, 0.7)
    expected = [amg.rle_to_mask(expected['rles'][i])
                for i in expected['iou'].argsort(descending=True).tolist()]
    found = mend(masks[order].numpy(), 12, 0.7)
    assert 2 < len(found) <= len(masks)
    assert any((mask != before).any() for mask, before in zip(found, masks[order].numpy(),
                                                              strict=False))
    np.testing.assert_array_equal(found, np.stack(expected))

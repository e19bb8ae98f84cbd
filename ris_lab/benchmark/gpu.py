# SPDX-License-Identifier: Apache-2.0
"""What the stages cost on a GPU, beside the straightforward way (`ris bench --gpu`).

Clock time from the call to the end of the work on the GPU, medians of interleaved runs; random
weights of the real architectures (CLIP ViT-B/32, SAM ViT-B). Needs neither ROS nor spaCy.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
import itertools
import statistics
import time
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ris_lab.benchmark import plain_clip
from ris_lab.benchmark.clip_lines import MASKS, PROMPTS, SIZE
from ris_lab.benchmark.sam_lines import plain_decode
from ris_lab.benchmark.scene import draw_masks, draw_picture, random_clip, random_sam
from ris_ros.encoder.backbone import Backbone
from ris_ros.encoder.inputs import visual_inputs
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.encoder.text import encode_tokens
from ris_ros.encoder.visual import global_features, local_features
from ris_ros.errors import RisError
from ris_ros.proposals.sam import in_precision
from ris_ros.proposals.sam_decoder import PromptDecoder
from ris_ros.proposals.sam_image import encode_image
from ris_ros.proposals.sam_masks import Upsampler, join, stable_masks

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

ARCHITECTURE = 'ViT-B-32-quickgelu'
_BATCH = 64
# Share of the masks whose predicted IoU is good enough, about that of pretrained weights.
_KEPT = 0.4

Stage = tuple[str, Callable[[], object], Callable[[], object] | None]


def check_device(device: str) -> None:
    """Raise RisError where torch cannot use a device."""
    try:
        torch.empty(1, device=device)
    except (AssertionError, RuntimeError) as error:
        raise RisError(f'torch cannot use the device {device!r}: {error}') from error


def measure_stages(device: str, precision: str, points: int, repeats: int) -> Iterator[str]:
    """Measure all stages.

    Args:
        device: 'cuda', or 'cpu' to try this out.
        precision: 'fp32', 'fp16' or 'bf16'.
        points: Points of SAM; 1024 is its usual grid.
        repeats: Runs that count.

    Yields:
        The rows of a Markdown table.
    """
    yield f'| {precision}: what | straightforward | ours | ratio |'
    yield '| --- | --- | --- | --- |'
    for name, ours, plain in itertools.chain(
            _clip_stages(random_clip(ARCHITECTURE, precision, device)),
            _sam_stages(in_precision(random_sam().to(device), precision), points)):
        ways = {'ours': ours} | ({'plain': plain} if plain else {})
        seconds = _measure(ways, device, repeats)
        mine = 1000 * seconds['ours']
        beside = 1000 * seconds.get('plain', float('nan'))
        yield (f'| {name} | {beside:.1f} ms | {mine:.1f} ms | {beside / mine:.2g} |'
               if plain else f'| {name} | | {mine:.1f} ms | |')


def _clip_stages(backbone: Backbone) -> Iterator[Stage]:
    """Yield the stages of the encoder: 50 masks, two new prompts."""
    settings = EncoderSettings()
    inputs = visual_inputs(draw_picture(*SIZE), draw_masks(MASKS, *SIZE), backbone.size,
                           backbone.grid, settings)
    tokens = backbone.tokenizer(list(PROMPTS))
    place, blocks, size = backbone.place, settings.masked_blocks, settings.batch_size
    yield (f'global features, {MASKS} masks',
           lambda: global_features(backbone, inputs.global_input, inputs.token_masks, blocks, size),
           lambda: plain_clip.global_features(backbone, place(inputs.global_input),
                                              place(inputs.token_masks), blocks).cpu())
    yield (f'local features, {MASKS} crops',
           lambda: local_features(backbone, inputs.local_inputs, size),
           lambda: plain_clip.local_features(backbone, place(inputs.local_inputs)).cpu())
    yield ('text, 2 new prompts', lambda: encode_tokens(backbone, tokens),
           lambda: torch.cat([backbone.model.encode_text(row[None].to(backbone.device))
                              for row in tokens]).cpu())


def _sam_stages(model: Sam, points: int) -> Iterator[Stage]:
    """Yield the stages of the proposals: image encoder, decoder, and masks of their logits."""
    device, decoder = model.device, PromptDecoder(model)
    image = torch.randn(1, 3, 1024, 1024, device=device).to(decoder.dtype)
    places = 1000 * torch.rand(points, 2, device=device)
    run = torch.inference_mode()
    embedding = run(encode_image)(model.image_encoder, image)
    yield ('SAM image encoder', run(lambda: encode_image(model.image_encoder, image)),
           run(lambda: model.image_encoder(image)))

    def ours() -> list[Tensor]:
        return [decoder.masks(decoder.attend_points(embedding, part))
                for part in places.split(_BATCH)]

    def plain() -> list[tuple[Tensor, Tensor]]:
        return [plain_decode(model, embedding, part) for part in places.split(_BATCH)]
    yield f'SAM decoder, {points} points', run(ours), run(plain)
    yield from _mask_stages(model, points)


def _mask_stages(model: Sam, points: int) -> Iterator[Stage]:
    """Yield the choice of masks by stability, with their boxes, at the picture's size."""
    device = model.device
    logits = 8 * torch.randn(3 * _BATCH, 1, 16, 16, device=device)
    logits = torch.nn.functional.interpolate(logits, (256, 256), mode='bicubic')
    iou = torch.rand(len(logits), device=device)
    good = iou > 1 - _KEPT
    upsampler = Upsampler(256, 1024, (768, 1024), SIZE, device)
    batches = range(-(-points // _BATCH))
    run = torch.inference_mode()

    def ours() -> object:
        return join([stable_masks(logits[good][:, 0], iou[good], upsampler, 0.0, 1.0, 0.9)
                     for _ in batches])
    yield (f'masks of {points} points: upsampled, stable ones, boxes', run(ours),
           run(lambda: [_plain_masks(model, logits, good) for _ in batches]))


def _plain_masks(model: Sam, logits: Tensor, good: Tensor) -> tuple[Tensor, Tensor]:
    """Return stable masks and their boxes, as `SamAutomaticMaskGenerator` makes them."""
    from segment_anything.utils.amg import batched_mask_to_box, calculate_stability_score
    whole = model.postprocess_masks(logits, (768, 1024), SIZE)[good, 0]
    whole = whole[calculate_stability_score(whole, 0.0, 1.0) >= 0.9]
    masks = whole > 0
    return masks, batched_mask_to_box(masks)


def agreement(device: str, precision: str, side: int) -> Iterator[str]:
    """Compare features, logits and masks with those of the CPU in fp32.

    Args:
        device: 'cuda', or 'cpu'.
        precision: 'fp32', 'fp16' or 'bf16'.
        side: SAM gets a grid of side x side points.

    Yields:
        Sentences with the differences.
    """
    def features(backbone: Backbone) -> list[Tensor]:
        settings = EncoderSettings()
        inputs = visual_inputs(draw_picture(*SIZE), draw_masks(MASKS, *SIZE), backbone.size,
                               backbone.grid, settings)
        return [global_features(backbone, inputs.global_input, inputs.token_masks,
                                settings.masked_blocks, settings.batch_size),
                local_features(backbone, inputs.local_inputs, settings.batch_size),
                encode_tokens(backbone, backbone.tokenizer(list(PROMPTS)))]
    pairs = zip(('global', 'local', 'text'), features(random_clip(ARCHITECTURE, precision, device)),
                features(random_clip(ARCHITECTURE)), strict=True)
    for name, found, exact in pairs:
        cosine = torch.cosine_similarity(found, exact).min()
        yield (f'{precision}, {name} features: largest difference '
               f'{float((found - exact).abs().max()):.2g}, least cosine {float(cosine):.7f}')
    yield from _sam_agreement(device, precision, side)


@torch.inference_mode()
def _sam_agreement(device: str, precision: str, side: int) -> Iterator[str]:
    """Yield how far the logits of SAM's masks and their IoU are from those of the CPU in fp32."""
    image = torch.randn(1, 3, 1024, 1024, generator=torch.Generator().manual_seed(1))
    places = torch.cartesian_prod(*2 * [torch.linspace(10, 1000, side)])
    found = []
    for model in (in_precision(random_sam().to(device), precision), random_sam()):
        decoder = PromptDecoder(model)
        embedding = encode_image(model.image_encoder,
                                 image.to(model.device).to(decoder.dtype))
        decoded = decoder.attend_points(embedding, places.to(model.device))
        found.append([part.float().cpu() for part in (
            embedding, decoded.iou, decoder.masks(decoded))])
    for name, ours, exact in zip(('embedding', 'predicted IoU', 'logits'), *found, strict=True):
        most = float((ours - exact).abs().max())
        yield (f'{precision}, SAM {name}: largest difference {most:.2g} where the spread is '
               f'{float(exact.std()):.2g}')
    level = found[1][2].flatten(2).median(2).values[..., None, None]
    equal = (found[0][2] > level) == (found[1][2] > level)
    yield f'{precision}, SAM masks at the median: {100 * float(equal.float().mean()):.3f} % equal'


def _measure(ways: dict[str, Callable[[], object]], device: str,
             repeats: int) -> dict[str, float]:
    """Return the median clock seconds of each way, to the end of what it began on the GPU."""
    wait = torch.cuda.synchronize if device == 'cuda' else (lambda: None)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats + 1):
        for name, run in ways.items():
            wait()
            start = time.perf_counter()
            run()
            wait()
            if turn:  # the first one warms up
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}

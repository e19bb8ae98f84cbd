"""How well visual features fit words."""
from __future__ import annotations

import torch
from torch.nn import functional

LOGIT_SCALE = 100.0


def cosine_scores(visual: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """Return (N,) scores, 100 x cosine, of (N, D) visual features and a (D,) text feature.

    This is how a ViT scores (Yu et al., CVPR 2023).
    """
    return LOGIT_SCALE * functional.cosine_similarity(visual, text[None], dim=-1)


def dot_scores(visual: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """Return (N,) scores, 100 x dot product, of (N, D) visual features and a (D,) text feature.

    This is how the published code scores with a ResNet: the visual features keep their length.
    """
    return LOGIT_SCALE * visual @ text


def take_off_negatives(scores: torch.Tensor, negative_scores: torch.Tensor,
                       weight: float) -> torch.Tensor:
    """Return scores less a share of how well other things are meant to fit.

    scores: (N,).  negative_scores: (K, N) of K >= 1 negative phrases.  weight: of their mean.
    After
    Suo et al., Text Augmented Spatial-aware Zero-shot Referring Image Segmentation, EMNLP
    Findings 2023, which takes its negatives from a caption; here they are named by the command
    or the profile.
    """
    return scores - weight * negative_scores.mean(dim=0)

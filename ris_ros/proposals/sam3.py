# SPDX-License-Identifier: Apache-2.0
"""SAM 3 (Carion et al., 2025) of transformers: from a noun to the masks of all such things."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ris_ros.chunks import Pause, no_pause
from ris_ros.errors import ModelError
from ris_ros.frame import Frame
from ris_ros.models.model_folder import CONFIG, WEIGHTS, Architecture, load_folder
from ris_ros.precision import choose_dtype, move
from ris_ros.proposals import Proposer
from ris_ros.proposals.concepts import ConceptMasks
from ris_ros.proposals.sam2 import pauses

if TYPE_CHECKING:
    from transformers import CLIPTokenizer, Sam3Model

_TOKENIZER = 'tokenizer.json'
SAM3 = Architecture('SAM 3', 'Sam3', ('sam3', 'sam3_video'), (CONFIG, WEIGHTS, _TOKENIZER))

# The pictures whose embeddings are kept: that of the last index, and the one that is being built.
_KEPT = 2


class Sam3Proposer:
    """Proposes what another proposer sees, and finds the things that a noun names.

    SAM 3 proposes nothing without a noun, and no command is known when a frame is indexed. So the
    picture is encoded then, and what the nouns of a command name is found when it comes.
    """

    def __init__(self, model: Sam3Model, tokenizer: CLIPTokenizer, objects: Proposer, *,
                 concept_thresh: float = 0.3, max_masks: int = 25) -> None:
        """Take a loaded model.

        Args:
            model: From `load_sam3`.
            tokenizer: From `load_sam3`.
            objects: Proposes what is there, whatever its name.
            concept_thresh: Things with a lower score are no such things.
            max_masks: Number of things for one noun, at most.
        """
        from transformers import Sam3ImageProcessor
        side = model.config.vision_config.image_size
        self._model, self._tokenizer, self._objects = model, tokenizer, objects
        self._processor = Sam3ImageProcessor(size={'height': side, 'width': side})
        self._dtype = next(model.vision_encoder.parameters()).dtype
        self._least, self._max_masks = concept_thresh, max_masks
        self._embeddings: tuple[tuple[Frame, object], ...] = ()

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return the (N, H, W) bool masks of the other proposer, and encode the picture."""
        masks = self._objects.propose(frame, give_way)
        give_way()
        self._embedding(frame, give_way)
        return masks

    @torch.inference_mode()
    def find(self, frame: Frame, noun: str) -> ConceptMasks:
        """Find all things that a noun fits.

        Args:
            frame: The picture; if it is not one of the last two, it is encoded again.
            noun: In the singular, such as 'mug'.

        Raises:
            ModelError: The device has too little free memory.
        """
        words = self._tokenizer(noun, return_tensors='pt', padding='max_length', truncation=True,
                                max_length=self._model.config.text_config.max_position_embeddings)
        device = self._model.device
        embedding = self._embedding(frame, no_pause)
        try:
            output = self._model(vision_embeds=embedding, input_ids=words.input_ids.to(device),
                                 attention_mask=words.attention_mask.to(device))
            (found,) = self._processor.post_process_instance_segmentation(
                output, threshold=self._least, target_sizes=[frame.size])
        except torch.OutOfMemoryError as error:
            raise _too_large(device) from error
        order = found['scores'].argsort(descending=True)[:self._max_masks]
        masks = found['masks'][order].reshape(-1, *frame.size).bool().cpu().numpy()
        filled = masks.any((1, 2))
        return ConceptMasks(masks[filled], found['scores'][order].float().cpu().numpy()[filled])

    @torch.inference_mode()
    def _embedding(self, frame: Frame, give_way: Pause) -> object:
        """Return the features of a picture; those of the last ones are kept."""
        known = self._embeddings
        for other, embedding in known:
            if other is frame:
                return embedding
        device = self._model.device
        try:
            pixels = self._processor(frame.image, return_tensors='pt', device=device).pixel_values
            with pauses(self._model.vision_encoder, give_way):
                seen = self._model.get_vision_features(pixels.to(self._dtype))
        except torch.OutOfMemoryError as error:
            raise _too_large(device) from error
        # What decides between things computes in fp32, whatever the precision of the encoder.
        embedding = type(seen)(**{name: tuple(level.float() for level in seen[name])
                                  for name in ('fpn_hidden_states', 'fpn_position_encoding')})
        # Replaced as a whole, because an index and a command may want an embedding at once.
        self._embeddings = ((frame, embedding), *known[:_KEPT - 1])
        return embedding


def _too_large(device: torch.device) -> ModelError:
    """Return the error for a device that cannot run the model."""
    return ModelError(f"The device '{device}' has too little free memory to run SAM 3. Free memory "
                      "there, choose a profile with a smaller model, or set device to 'cpu'.")


def load_sam3(folder: Path, device: str = 'cpu',
              precision: str = 'fp32') -> tuple[Sam3Model, CLIPTokenizer]:
    """Load SAM 3 and its tokenizer from its folder.

    Args:
        folder: With the files that transformers writes.
        device: Where the model runs.
        precision: Of the image encoder (see `ris_ros.precision`).

    Raises:
        ModelError: The library is not installed, a file is missing or of another model, or the
            device cannot hold the model.
    """
    model = load_folder(folder, SAM3)
    from transformers import CLIPTokenizer
    try:
        tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # a damaged file can make the library raise anything
        raise ModelError(f'The tokenizer {folder / _TOKENIZER} cannot be read: {str(error)[:200]}. '
                         'Fetch the folder again.') from error
    if len(tokenizer) != model.vocab_size:
        raise ModelError(f'The tokenizer {folder / _TOKENIZER} knows {len(tokenizer)} tokens, but '
                         f'the model {model.vocab_size}. Take both files from the same place.')
    model.vision_encoder.to(choose_dtype(precision, torch.device(device)))
    return move(model, device), tokenizer

# SPDX-License-Identifier: Apache-2.0
"""What the nodes that are forks find loaded: spaCy's English model and CLIP's vocabulary.

To load them takes half of a node's start. A node takes the English model the first time; after a
cleanup it loads one of its own, as a node does that users start. The vocabulary never changes.
"""
from ris_ros.encoder.backbone import own_tokenizer
from ris_ros.language import command, english_model

_MODELS = [english_model.load_nlp()]
own_tokenizer(32)  # the length of the embedded model's texts


def take_or_load():
    """Return the model that is loaded already, and load one from then on."""
    return _MODELS.pop() if _MODELS else english_model.load_nlp()


command.load_nlp = take_or_load

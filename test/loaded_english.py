# SPDX-License-Identifier: Apache-2.0
"""spaCy's English model for the nodes that are forks of a process with this module.

To load it takes a third of a node's start. A node takes it the first time; after a cleanup it
loads one of its own, as a node does that users start.
"""
from ris_ros.language import command, english_model

_MODELS = [english_model.load_nlp()]


def take_or_load():
    """Return the model that is loaded already, and load one from then on."""
    return _MODELS.pop() if _MODELS else english_model.load_nlp()


command.load_nlp = take_or_load

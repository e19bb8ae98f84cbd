# SPDX-License-Identifier: Apache-2.0
"""The models of several nodes of one process, loaded once."""
from __future__ import annotations

from dataclasses import replace
import threading
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from ris_ros.node.parameters import Settings

if TYPE_CHECKING:
    from ris_ros.pipeline import Pipeline


class SharedPipelines:
    """Loads the models of each choice of profile, weights, device and precision once.

    They are freed with the last node that uses them. Any thread may call it; who wants what another
    one is loading waits for that.
    """

    def __init__(self) -> None:
        self._loaded: WeakValueDictionary[tuple[str, ...], Pipeline] = WeakValueDictionary()
        self._lock = threading.Lock()

    def load(self, settings: Settings) -> Pipeline:
        """Return the models that a node's settings name, with a search for nouns of its own.

        Raises:
            Exception: Whatever the loading raises.
        """
        key = settings.profile, settings.weights, settings.device, settings.precision
        with self._lock:
            pipeline = self._loaded.get(key)
            if pipeline is None:
                pipeline = self._loaded[key] = load_pipeline(settings)
        if pipeline.concepts is None:
            return pipeline
        # It keeps what it found in the last picture of its camera.
        return replace(pipeline, concepts=pipeline.concepts.for_another_camera())


def load_pipeline(settings: Settings) -> Pipeline:
    """Load the models that a node's settings name.

    Raises:
        Exception: Whatever the loading raises.
    """
    # Imported here, because torch takes seconds and the node should appear in the graph at once.
    from ris_ros.pipeline import Pipeline
    return Pipeline.load(settings.profile, weights=settings.weights, device=settings.device,
                         precision=settings.precision)

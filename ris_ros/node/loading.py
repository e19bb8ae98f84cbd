# SPDX-License-Identifier: Apache-2.0
"""The models that the node's parameters name, and the CPU threads that they take."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ris_ros.errors import ModelError
from ris_ros.node.parameters import Settings, check
from ris_ros.node.shared_pipelines import SharedPipelines, load_pipeline
from ris_ros.profile import load_profile

if TYPE_CHECKING:
    from ris_ros.conversation import Conversation
    from ris_ros.index.updater import Updater
    from ris_ros.pipeline import Pipeline
    from ris_ros.pool.remote_index import PoolUpdater


@dataclass(frozen=True, eq=False)
class Models:
    """The models of one configuration of the node.

    Attributes:
        updater: Makes scene indexes.
        conversation: Answers commands from them.
        threads: CPU threads of torch.
        pipeline: What both are made of.
        stand_in: What answers from indexes of the robot itself, where the pool has other models;
            without a pool the same as the pipeline.
    """

    updater: Updater | PoolUpdater
    conversation: Conversation
    threads: int
    pipeline: Pipeline
    stand_in: Pipeline

    def conversation_on(self, has_other_models: bool) -> Conversation:
        """Return what answers from an index, which may be one of other models than the pool's."""
        self.conversation.use(self.stand_in if has_other_models else self.pipeline)
        return self.conversation


def load_models(settings: Settings, shared: SharedPipelines | None = None) -> Models:
    """Load the models, which takes seconds.

    Args:
        settings: Those of the node.
        shared: Those of the process's other nodes; None where there are none.

    Raises:
        RisError: A parameter is wrong, or the profile cannot work with a camera.
        Exception: Whatever the loading raises.
    """
    check(settings)
    if load_profile(settings.profile).proposals['source'] == 'given':
        raise ModelError(f'The profile {settings.profile!r} wants masks with each image, but a '
                         'camera sends none: choose a profile with proposals of its own.')
    # Imported here, because torch takes seconds and the node should appear in the graph at once.
    from ris_ros.conversation import Conversation
    from ris_ros.index.updater import Updater
    threads = settings.threads or _default_threads()
    use_threads(threads)
    if settings.pool:
        from ris_ros.node.pool_loading import load_with_pool
        updater, pipeline, stand_in = load_with_pool(settings)
        return Models(updater, Conversation(pipeline), threads, pipeline, stand_in)
    pipeline = load_pipeline(settings) if shared is None else shared.load(settings)
    return Models(Updater(pipeline.proposer, pipeline.encoder, settings.refresh_every),
                  Conversation(pipeline), threads, pipeline, pipeline)


def use_threads(count: int) -> None:
    """Set how many CPU threads torch takes in the calling thread; each thread has its own count."""
    import torch  # loaded with the models, not with the node
    # Setting it, even to the present value, discards what torch has prepared for convolutions.
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


@cache
def _default_threads() -> int:
    """Return the library's own choice, which only its first caller in a process can read."""
    import torch
    return torch.get_num_threads()

"""The models that the node's parameters name, and the CPU threads that they take."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ris_ros.errors import ModelError
from ris_ros.node.parameters import Settings, check
from ris_ros.profile import load_profile

if TYPE_CHECKING:
    from ris_ros.conversation import Conversation
    from ris_ros.index.updater import Updater
    from ris_ros.pipeline import Pipeline


@dataclass(frozen=True, eq=False)
class Models:
    """The models of one configuration of the node.

    Attributes:
        updater: Makes scene indexes.
        conversation: Answers commands from them.
        threads: CPU threads of torch.
        pipeline: What both are made of.
    """

    updater: Updater
    conversation: Conversation
    threads: int
    pipeline: Pipeline


def load_models(settings: Settings) -> Models:
    """Load the models, which takes seconds.

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
    from ris_ros.pipeline import Pipeline
    threads = settings.threads or _default_threads()
    use_threads(threads)
    pipeline = Pipeline.load(settings.profile, weights=settings.weights, device=settings.device,
                             precision=settings.precision)
    updater = Updater(pipeline.proposer, pipeline.encoder, settings.refresh_every)
    return Models(updater, Conversation(pipeline), threads, pipeline)


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

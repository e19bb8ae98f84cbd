"""How many CPU threads the models take in the thread that runs them."""
from __future__ import annotations


def use_threads(count: int) -> None:
    """Let torch take so many CPU threads in the thread that calls; each one has its own count."""
    import torch  # loaded with the models, not with the node
    # To set it, even to what it is, makes torch forget what it has prepared for convolutions.
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)

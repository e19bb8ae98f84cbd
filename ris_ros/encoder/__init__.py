# SPDX-License-Identifier: Apache-2.0
"""Images, masks and words become features that can be compared: CLIP's global-local encoders.

These names are the entry for scripts; they are loaded on first use, so that reading a profile
does not pay for torch.
"""
from importlib import import_module

__all__ = [
    'PAPER_GLOBAL_WEIGHT',
    'EncoderSettings',
    'GlobalLocal',
    'backbone_from_state',
    'global_local',
    'load_backbone',
]

_HOMES = {
    'EncoderSettings': 'settings', 'PAPER_GLOBAL_WEIGHT': 'settings',
    'GlobalLocal': 'method', 'global_local': 'method',
    'backbone_from_state': 'backbone', 'load_backbone': 'backbone',
}


def __getattr__(name: str):
    """Import a public name when it is first asked for (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(f'{__name__}.{_HOMES[name]}'), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')

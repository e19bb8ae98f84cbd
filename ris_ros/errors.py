# SPDX-License-Identifier: Apache-2.0
"""The errors that ris_ros raises on bad input; each message is a sentence for the user."""


class RisError(ValueError):
    """Base of all errors that a caller can mend."""


class CommandError(RisError):
    """The command is not usable text (blank, too long, not a string)."""


class FrameError(RisError):
    """The image, depth or camera model does not fit together."""


class ModelError(RisError):
    """A profile, a weights file or a model's configuration cannot be used."""
